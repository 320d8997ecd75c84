import type { Random } from './random.ts'

/** Somebody in the identity provider's own directory. */
export interface Employee {
  /** The identity provider's id, which becomes the `externalId`. */
  readonly id: string
  readonly userName: string
  readonly givenName: string
  readonly familyName: string
  readonly email: string
  readonly title: string | undefined
  readonly department: string | undefined
  readonly phone: string | undefined
  /** Another employee's id. */
  readonly managerId: string | undefined
}

/** A group in the identity provider's own directory. */
export interface Team {
  readonly id: string
  readonly name: string
  /** Ids of employees. */
  readonly members: readonly string[]
}

export function displayNameOf({ givenName, familyName }: Pick<Employee, 'givenName' | 'familyName'>): string {
  return `${givenName} ${familyName}`.trim()
}

/** Text outside ASCII, apostrophes and a name of one part: each has broken somebody's import. */
const givenNames = [
  ...['Ann', 'Bob', 'Carla', 'Dmitri', 'Erin', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Liam', 'Mona'],
  ...['Renée', 'Søren', 'Zoë', 'Łukasz', 'Nguyễn', 'Ægir', 'Ştefan', '美咲', 'Мария', 'محمد', 'José María', 'İpek'],
] as const
const familyNames = [
  ...['Lee', 'Block', 'Okafor', 'Smith', 'Patel', 'Rossi', 'Novak', 'Silva', 'Kim', 'van der Berg', 'Smith-Jones'],
  ...["O'Brien", 'Müller', 'Ångström', 'Dvořák', 'Þórsdóttir', '田中', 'Петрова', 'العلي', 'Weiß', 'Nuñez', "D'Angelo"],
] as const
const titles = [
  ...['Engineer', 'Lead Engineer', 'Designer', 'Account Manager', 'Accountant', 'Vice President, Sales', 'Ingeniør'],
  ...['R&D "Special Projects"', 'Büroleitung', 'エンジニア', 'Recruiter', 'Support Engineer II'],
] as const
const departments = ['Engineering', 'Sales', 'R&D', 'Finance', 'People', 'Ledelse', '開発部'] as const

const teamNames = [
  ...['Engineering', 'Marketing', 'Sales "East"', 'R&D', 'Équipe + partners', '日本チーム', 'All Staff', 'Admins'],
  ...['Finance/Controlling', "Executives' Office", 'Support 🚑', 'Größe & Maß', '50% Time', 'a', 'Contractors (EU)'],
] as const

const mailDomain = 'corp.example'

/** People with addresses that nobody shares; some report to others. */
export function hire(random: Random, count: number): Employee[] {
  const ids = Array.from({ length: count }, () => `00u${random.token(17)}`)
  return ids.map((id, index) => {
    const [givenName, familyName] = [random.pick(givenNames), random.pick(familyNames)]
    const userName = addressFor(givenName, familyName, index)
    return {
      id,
      userName,
      givenName,
      familyName,
      email: userName,
      title: random.below(4) === 0 ? undefined : titleOf(random),
      department: random.below(4) === 0 ? undefined : departmentOf(random),
      phone: random.below(2) === 0 ? undefined : phoneOf(random),
      // The first few have nobody above them, and nobody is their own manager.
      managerId: index < 3 || random.below(3) > 0 ? undefined : ids[random.below(index)],
    }
  })
}

export function titleOf(random: Random): string {
  return random.pick(titles)
}

export function departmentOf(random: Random): string {
  return random.pick(departments)
}

export function familyNameOf(random: Random): string {
  return random.pick(familyNames)
}

export function phoneOf(random: Random): string {
  return `+47 ${String(20_000_000 + random.below(70_000_000))}`
}

/** Groups of a few to a third of the people each; everybody is in the first. */
export function formTeams(random: Random, count: number, employees: readonly Employee[]): Team[] {
  return Array.from({ length: count }, (_, index) => {
    const size = index === 0 ? employees.length : 1 + random.below(Math.max(1, Math.ceil(employees.length / 3)))
    return {
      id: `00g${random.token(17)}`,
      name: teamName(index),
      members: random
        .shuffled(employees)
        .slice(0, size)
        .map(({ id }) => id),
    }
  })
}

function teamName(index: number): string {
  const name = teamNames[index % teamNames.length] ?? 'Team'
  const round = Math.floor(index / teamNames.length)
  return round === 0 ? name : `${name} ${String(round + 1)}`
}

/** Every fifth with capitals: user names and addresses are compared without regard to case. */
function addressFor(givenName: string, familyName: string, index: number): string {
  const ascii = (text: string) =>
    text
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z]/g, '')
      .toLowerCase()
  const letters = [ascii(givenName), ascii(familyName)].filter((part) => part !== '').join('.') || 'user'
  const local = `${letters}${String(index + 1)}`
  return `${index % 5 === 4 ? local.replace(/^./, (first) => first.toUpperCase()) : local}@${mailDomain}`
}

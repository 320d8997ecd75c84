import { createHash } from 'node:crypto'

/** Somebody the identity provider vouches for. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly groups: readonly string[]
}

/** Who signs in where a scenario is asked for and nobody is named. */
export const defaultUser: Person = person('00u1a0ufowBJlzPlk357', 'todd@example.com', 'Todd', 'Rundgren', [
  'Engineering',
  'Admins',
])

/** The same people on every start, so that tests and documentation may name them. */
export const sampleUsers: readonly Person[] = [
  person('8931', 'lela.block@example.com', 'Lela', 'Block', ['Engineering']),
  defaultUser,
  person('00u4kq8r2mWcXbT0Z358', 'jacob.morris@example.com', 'Jacob', 'Morris', ['Marketing']),
  person('00u7dz3n5vHyQpLs1359', 'marcelina.davis@example.com', 'Marcelina', 'Davis', []),
  // Text outside ASCII finds every place where bytes, code points and XML text are confused.
  person('00u9xe6t1kJfRgUw2360', 'renee.tanaka@example.com', 'Renée', '田中 日本', ['Équipe', '日本チーム']),
]

/** Outside every domain the test organization owns; `.test` is reserved by RFC 2606. */
export const guest: Person = person('00u2gu5e8sTfReLa3361', 'freelancer@guest.test', 'Frida', 'Freelancer', [])

/** The sample user with this address, or a stranger made of it; always the same id for the same address. */
export function personFor(email: string): Person {
  const known = [...sampleUsers, guest].find((user) => user.email === email)
  if (known) return known
  const [local = ''] = email.split('@', 1)
  const [first = '', ...rest] = local.split(/[._+-]+/).filter((part) => part !== '')
  return person(idFor(email), email, capitalize(first), rest.map(capitalize).join(' '), [])
}

/** An id in the manner of an identity provider: opaque, and stable for its text. */
function idFor(text: string): string {
  return `00u${createHash('sha256')
    .update(text)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 17)}`
}

export function fullName(of: Person): string {
  return `${of.firstName} ${of.lastName}`.trim()
}

function person(id: string, email: string, firstName: string, lastName: string, groups: readonly string[]): Person {
  return { id, email, firstName, lastName, groups }
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

import { isObject, spelledName } from '#protocols/scim/json.ts'
import { enterpriseUserUrn } from '#protocols/scim/user-schema.ts'
import { displayNameOf, type Employee } from './workforce.ts'

/** What identity providers map, by a name of our own: each dialect puts it somewhere else. */
export type AttributeName =
  | 'userName'
  | 'externalId'
  | 'givenName'
  | 'familyName'
  | 'formattedName'
  | 'displayName'
  | 'email'
  | 'title'
  | 'department'
  | 'phone'
  | 'manager'
  | 'active'

/** What is known of somebody. What is not there is unassigned: RFC 7643 §2.5 knows no other nothing. */
export type Facts = Readonly<Partial<Record<AttributeName, string | boolean>>>

/** What the server calls people, for references between them. */
export type IdOf = (employeeId: string) => string | undefined

export interface Mapping {
  readonly attributes: readonly AttributeName[]
  readonly externalId: (employee: Employee) => string
}

export function factsOf({ attributes, externalId }: Mapping, employee: Employee, active: boolean, idOf: IdOf): Facts {
  const all: Record<AttributeName, string | boolean | undefined> = {
    userName: employee.userName,
    externalId: externalId(employee),
    givenName: employee.givenName,
    familyName: employee.familyName,
    formattedName: displayNameOf(employee),
    displayName: displayNameOf(employee),
    email: employee.email,
    title: employee.title,
    department: employee.department,
    phone: employee.phone,
    manager: employee.managerId === undefined ? undefined : idOf(employee.managerId),
    active,
  }
  return keep(attributes, (name) => all[name])
}

/** The same attributes as a server shows them. */
export function readFacts(attributes: readonly AttributeName[], resource: unknown): Facts {
  return keep(attributes, (name) => scalar(places[name](resource)))
}

/** A sentence about the first difference; undefined when there is none. */
export function findDifference(wanted: Facts, found: Facts): string | undefined {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]) as Set<AttributeName> // both have no other keys
  for (const name of names)
    if (wanted[name] !== found[name]) return `${name} is ${show(found[name])} and should be ${show(wanted[name])}`
  return undefined
}

const places: Readonly<Record<AttributeName, (resource: unknown) => unknown>> = {
  userName: (resource) => at(resource, 'userName'),
  externalId: (resource) => at(resource, 'externalId'),
  givenName: (resource) => at(at(resource, 'name'), 'givenName'),
  familyName: (resource) => at(at(resource, 'name'), 'familyName'),
  formattedName: (resource) => at(at(resource, 'name'), 'formatted'),
  displayName: (resource) => at(resource, 'displayName'),
  email: (resource) => at(workElement(at(resource, 'emails')), 'value'),
  title: (resource) => at(resource, 'title'),
  department: (resource) => at(at(resource, enterpriseUserUrn), 'department'),
  phone: (resource) => at(workElement(at(resource, 'phoneNumbers')), 'value'),
  manager: (resource) => at(at(at(resource, enterpriseUserUrn), 'manager'), 'value'),
  active: (resource) => at(resource, 'active'),
}

/** Attribute names ignore case, RFC 7643 §2.1. */
export function at(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined
  const spelled = spelledName(value, name)
  return spelled === undefined ? undefined : value[spelled]
}

function workElement(elements: unknown): unknown {
  if (!Array.isArray(elements)) return undefined
  const all: readonly unknown[] = elements
  return all.find((element) => at(element, 'type') === 'work') ?? all.find((element) => at(element, 'primary') === true)
}

/** Null, an empty text and nothing are the same to a client that compares. */
function scalar(value: unknown): string | boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'boolean' || typeof value === 'string' ? value : JSON.stringify(value)
}

function keep(names: readonly AttributeName[], valueOf: (name: AttributeName) => string | boolean | undefined): Facts {
  const facts: Partial<Record<AttributeName, string | boolean>> = {}
  for (const name of names) {
    const value = valueOf(name)
    if (value !== undefined) facts[name] = value
  }
  return facts
}

function show(value: string | boolean | undefined): string {
  return value === undefined ? 'not there' : JSON.stringify(value)
}

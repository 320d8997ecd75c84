import { sampleUsers } from '../people.ts'
import type { Employee, Team } from './workforce.ts'

/** The sample users as somebody's directory has them. */
export const sampleEmployees: readonly Employee[] = sampleUsers.map(({ id, email, firstName, lastName }) => ({
  id,
  userName: email,
  givenName: firstName,
  familyName: lastName,
  email,
  title: 'Engineer',
  department: undefined,
  phone: undefined,
  managerId: undefined,
}))

/** The groups the sample users are in. */
export const sampleTeams: readonly Team[] = [...new Set(sampleUsers.flatMap(({ groups }) => groups))].map(
  (name, index) => ({
    id: `group-${String(index + 1)}`,
    name,
    members: sampleUsers.filter(({ groups }) => groups.includes(name)).map(({ id }) => id),
  }),
)

import { describe, expect, test } from 'vitest'
import { parsePath } from './path.ts'
import { groupType, resolve, userType } from './schema.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** kind, holder, attribute and part, with `?` at what no schema declares. */
function outcome(text: string, undeclared: readonly string[] = []): string {
  const path = parsePath(text)
  if (!path.ok) return 'no path'
  const target = resolve(userType, path.value.attribute, undeclared)
  if (target?.kind === 'extension') return `extension ${target.extension}`
  if (target?.kind !== 'attribute') return target?.kind ?? 'nothing'
  const names = [target.attribute, target.sub].flatMap((each) =>
    each ? `${each.name}${each.type === 'any' ? '?' : ''}` : [],
  )
  return `${target.extension === undefined ? '' : `${target.extension} `}${names.join('.')}`
}

describe('RFC 7644 §3.10 attribute notation', () => {
  test.each([
    ['userName', 'userName'],
    ['USERNAME', 'userName'],
    ['Name.GIVENNAME', 'name.givenName'],
    ['emails.$REF', 'no path'],
    ['groups.$ref', 'groups.$ref'],
    [`${core}:userName`, 'userName'],
    [`${core.toUpperCase()}:username`, 'userName'],
    [`${core}:name.familyName`, 'name.familyName'],
    [core, 'resource'],
    [`${core}.userName`, 'userName'],
    [enterprise, `extension ${enterprise}`],
    [enterprise.toUpperCase(), `extension ${enterprise}`],
    [`${enterprise}:department`, `${enterprise} department`],
    [`${enterprise}:manager.value`, `${enterprise} manager.value`],
    [`${enterprise}.department`, `${enterprise} department`],
    ['favourite', 'favourite?'],
    ['favourite.x', 'favourite?.x?'],
    ['emails.verified', 'emails.verified?'],
    ['userName.x', 'nothing'],
    ['urn:x:2.0:User:costCode', 'urn:x:2.0:User costCode?'],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName', 'nothing'],
    ['urn:ietf:params:scim:schemas:core:2.0:Group', 'nothing'],
    ['constructor', 'constructor?'],
  ])('%s is %s', (text, expected) => {
    expect(outcome(text)).toBe(expected)
  })

  test.each([
    ['urn:x:2.0:User', 'extension urn:X:2.0:User'],
    ['urn:x:2.0:user:costCode', 'urn:X:2.0:User costCode?'],
    ['urn:y:2.0:User', 'urn:y:2.0 User?'],
  ])('on a resource that carries urn:X:2.0:User, %s is %s', (text, expected) => {
    expect(outcome(text, ['urn:X:2.0:User'])).toBe(expected)
  })
})

describe('RFC 7643 the schemas', () => {
  test('names are unique in their schema', () => {
    for (const { schema, extensions } of [userType, groupType]) {
      for (const { attributes } of [schema, ...extensions]) {
        for (const list of [attributes, ...attributes.map(({ subAttributes }) => subAttributes ?? [])]) {
          expect(new Set(list.map(({ name }) => name.toLowerCase())).size).toBe(list.length)
        }
      }
    }
  })

  test.each([
    ['userName', false],
    ['externalId', true],
    ['id', true],
    ['emails.value', false],
    ['members.value', true],
    ['profileUrl', true],
  ])('%s is case-exact: %s', (text, caseExact) => {
    const path = parsePath(text)
    if (!path.ok) throw new Error(path.error.detail)
    const target = resolve(text.startsWith('members') ? groupType : userType, path.value.attribute)
    expect(target).toMatchObject({ kind: 'attribute' })
    if (target?.kind === 'attribute') expect((target.sub ?? target.attribute).caseExact).toBe(caseExact)
  })
})

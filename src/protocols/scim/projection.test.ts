import { describe, expect, test } from 'vitest'
import { attribute, complex } from './attribute.ts'
import type { JsonObject } from './json.ts'
import { isProjected, parseProjection, project } from './projection.ts'
import { groupType, type ResourceType, userType } from './schema.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const user: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  id: 'u1',
  userName: 'ann',
  password: 'must never have been stored',
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [{ value: 'a@b', type: 'work' }, { value: 'c@d' }],
  favourite: { deep: 1 },
  [enterprise]: { department: 'Ops', manager: { value: 'boss' } },
  meta: { resourceType: 'User', location: 'x' },
}
const { password: _password, ...shown } = user
const { schemas, id } = user

function projection(attributes: string, excluded: string, type: ResourceType) {
  const parsed = parseProjection([attributes], [excluded], type)
  if (!parsed.ok) throw new Error(parsed.error.detail)
  return parsed.value
}

describe('RFC 7644 §3.9 attributes', () => {
  test.each<[string, string, string, unknown]>([
    ['nothing named: all but what is never returned', '', '', shown],
    ['attributes: those, id and schemas', 'userName', '', { schemas, id, userName: 'ann' }],
    [
      'names ignore case, blanks between do not matter',
      ' USERNAME , NAME',
      '',
      { schemas, id, userName: 'ann', name: user['name'] },
    ],
    ['a part', 'name.givenName', '', { schemas, id, name: { givenName: 'Ann' } }],
    ['two parts', 'name.givenName,name.familyName', '', { schemas, id, name: user['name'] }],
    ['the whole and a part is the whole', 'name.givenName,name', '', { schemas, id, name: user['name'] }],
    ['a part of several values', 'emails.type', '', { schemas, id, emails: [{ type: 'work' }] }],
    ['the URN in front', 'urn:ietf:params:scim:schemas:core:2.0:User:userName', '', { schemas, id, userName: 'ann' }],
    ['of an extension', `${enterprise}:department`, '', { schemas, id, [enterprise]: { department: 'Ops' } }],
    [
      'a part in an extension',
      `${enterprise}:manager.value`,
      '',
      { schemas, id, [enterprise]: { manager: { value: 'boss' } } },
    ],
    ['a whole extension', enterprise.toUpperCase(), '', { schemas, id, [enterprise]: user[enterprise] }],
    ['undeclared', 'FAVOURITE.deep', '', { schemas, id, favourite: { deep: 1 } }],
    ['never what is never returned', 'password,userName', '', { schemas, id, userName: 'ann' }],
    ['of nothing that exists', 'nickName,foo', '', { schemas, id }],
    [
      'excluded',
      '',
      'emails,name,meta',
      { schemas, id, userName: 'ann', favourite: { deep: 1 }, [enterprise]: user[enterprise] },
    ],
    [
      'an excluded part',
      '',
      `name.givenName,emails.type,${enterprise}:manager`,
      {
        ...shown,
        name: { familyName: 'Lee' },
        emails: [{ value: 'a@b' }, { value: 'c@d' }],
        [enterprise]: { department: 'Ops' },
      },
    ],
    ['an excluded extension', '', enterprise, (({ [enterprise]: _extension, ...rest }) => rest)(shown)],
    ['id cannot be excluded', '', 'id,schemas', shown],
    [
      'both: named and not excluded',
      'name,userName',
      'name.givenName',
      { schemas, id, userName: 'ann', name: { familyName: 'Lee' } },
    ],
  ])('%s', (_claim, attributes, excluded, expected) => {
    expect(project(user, userType, projection(attributes, excluded, userType))).toEqual(expected)
  })

  test.each([
    ['the whole', 'key', { key: { id: 'k' } }],
    ['its parts', 'key.id,key.secret', { key: { id: 'k' } }],
    ['everything', '', { key: { id: 'k' } }],
  ])('a part that is never returned stays away from %s', (_claim, attributes, expected) => {
    const parts = [attribute('id', ''), attribute('secret', '', { returned: 'never' })]
    const type = { ...userType, schema: { ...userType.schema, attributes: [complex('key', '', parts)] } }
    expect(project({ key: { id: 'k', secret: 's' } }, type, projection(attributes, '', type))).toEqual(expected)
  })

  test('what is no name is refused', () => {
    expect(parseProjection(['a b'], [], userType)).toMatchObject({ ok: false, error: { scimType: 'invalidPath' } })
  })

  test.each([
    ['', '', true],
    ['', 'members', false],
    ['', 'MEMBERS', false],
    ['', 'members.display', true],
    ['displayName', '', false],
    ['members.value', '', true],
  ])('with attributes "%s" and excluded "%s", members need to be read: %s', (attributes, excluded, needed) => {
    expect(isProjected(projection(attributes, excluded, groupType), 'members', groupType)).toBe(needed)
  })
})

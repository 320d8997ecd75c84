import { describe, expect, test } from 'vitest'
import { quote, scimError, statusOf } from './errors.ts'

describe('RFC 7644 §3.12 errors', () => {
  test('have their status as text', () => {
    expect(scimError(409, 'uniqueness', "Another user already exists with this username 'a@b.example'")).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
      detail: "Another user already exists with this username 'a@b.example'",
    })
  })

  test('have a keyword only where there is one', () => {
    const error = scimError(404, undefined, 'No such user.')
    expect(error).not.toHaveProperty('scimType')
    expect(statusOf(error)).toBe(404)
  })

  test('repeat little of what a client sent', () => {
    expect(quote('a"b')).toBe('"a\\"b"')
    expect(quote('x'.repeat(1_000))).toHaveLength(122)
  })
})

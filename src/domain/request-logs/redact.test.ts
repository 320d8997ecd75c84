import { describe, expect, test, vi } from 'vitest'
import { shownBody, shownPath } from './redact.ts'

describe('what is kept of a request', () => {
  test.each([
    ['a password', { userName: 'ann', password: 'hunter2' }],
    ['one in an extension', { 'urn:x': { deep: [{ initialPassword: 'hunter2' }] } }],
    ['one that is not text', { password: { value: 'hunter2' } }],
    ['the value of a PATCH operation', { Operations: [{ op: 'replace', path: 'password', value: 'hunter2' }] }],
    ['one below a path', { Operations: [{ op: 'Add', path: 'urn:x:User:Password', value: ['hunter2'] }] }],
    ['a PATCH operation without a path', { Operations: [{ op: 'add', value: { password: 'hunter2' } }] }],
    ['an operation of a bulk request', { Operations: [{ method: 'POST', data: { password: 'hunter2' } }] }],
    ['a body that came as text', '{"client_secret":"hunter2"}'],
  ])('has not %s', (_what, body) => {
    expect(shownBody(body)).not.toContain('hunter2')
    expect(shownBody(body)).toContain('[hidden]')
  })

  test('has the rest as it was', () => {
    expect(shownBody({ userName: 'ann', Operations: [{ op: 'add', path: 'title', value: 'Dr' }] })).toBe(
      '{"userName":"ann","Operations":[{"op":"add","path":"title","value":"Dr"}]}',
    )
    expect(shownBody('not json')).toBe('"not json"')
    expect([shownBody(undefined), shownBody(null)]).toEqual([null, null])
  })

  test('is cut short and can be stored', () => {
    expect(shownBody({ a: 'x'.repeat(100_000) })?.length).toBe(8 * 1024 + 1)
    expect(shownBody({ a: 'nul\0' })).toBe('{"a":"nul"}')
    expect(shownPath('/Users?filter=\ud800').isWellFormed()).toBe(true)
  })

  test('is the beginning of the whole, however long the list is', () => {
    const people = Array.from({ length: 5_000 }, (_, n) => ({ userName: `person-${n}`, active: true, tags: [] }))
    const whole = JSON.stringify({ Resources: people })
    expect(shownBody({ Resources: people })).toBe(`${whole.slice(0, 8 * 1024)}…`)
    const [first] = people
    const asking = vi.fn<() => string>(() => 'asked')
    const last = { inside: { toJSON: asking } }
    shownBody([...people, last])
    shownBody([first, last])
    expect(asking).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['/Users?filter=userName eq "ann"', '/Users?filter=userName eq "ann"'],
    ['/Users?filter=password eq "hunter2"', '/Users?[hidden]'],
  ])('of %s is %s', (path, shown) => expect(shownPath(path)).toBe(shown))
})

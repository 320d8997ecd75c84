import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { judge } from './signature.ts'

const secret = 'wh_secret'
const now = 1_700_000_000_000
const body = '{"event":"dsync.user.created","id":"event_1"}'

function header(time: number, signed: string, by = secret): string {
  return `t=${time}, v1=${createHmac('sha256', by).update(`${time}.${signed}`).digest('hex')}`
}

test('what fits is said to fit', async () => {
  expect(await judge({ header: header(now, body), body, secret, now: now + 5000 })).toEqual({ ok: true, ageSeconds: 5 })
})

test('after a roll one of two signatures is enough', async () => {
  const both = `${header(now, body, 'old')}, ${header(now, body).split(', ')[1]}`
  expect(await judge({ header: both, body, secret, now })).toMatchObject({ ok: true })
})

describe('what does not fit is explained', () => {
  const fine = { header: header(now, body), body, secret, now }
  test.each([
    ['a header that is cut off', { ...fine, header: 'v1=abc' }, /no t=/],
    ['a header without a signature', { ...fine, header: `t=${now}` }, /no v1=/],
    ['no secret', { ...fine, secret: ' ' }, /Paste the signing secret/],
    ['too old', { ...fine, now: now + 600_000 }, /600 seconds ago/],
    ['a clock that is behind', { ...fine, now: now - 600_000 }, /600 seconds from now/],
    ['JSON that was formatted anew', { ...fine, body: JSON.stringify(JSON.parse(body), null, 2) }, /reformatted/],
    ['a newline at its end', { ...fine, body: `${body}\n` }, /White space|reformatted/],
    ['a body that was cut', { ...fine, body: body.slice(0, -4) }, /not JSON/],
    ['another secret', { ...fine, secret: 'other' }, /secret is another one/],
    ['another body', { ...fine, body: body.replace('event_1', 'event_2') }, /body was changed/],
  ])('%s', async (_claim, received, reason) =>
    expect(await judge(received)).toEqual({ ok: false, reason: expect.stringMatching(reason) }),
  )
})

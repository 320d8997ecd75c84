import { once } from 'node:events'
import { get } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import { change } from '#db/work.ts'
import { queueMail } from '#domain/mail/queue.ts'
import { type OutgoingMail, type Posted, type PostMail, sendDueMail } from '#domain/mail/send.ts'
import { smtpMail } from '../../src/smtp.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

const queue = (environment: TestEnvironment, to: string, locale: string | null = null) =>
  change(server.deps, { environment: environment.id }, (work) =>
    queueMail(work, server.deps.secrets, 'magic_auth', { to, locale, values: { code: '123456', minutes: 10 } }),
  )

const send = (postMail: PostMail | undefined) => sendDueMail({ ...server.deps, postMail })

const mailbox = async ({ api }: TestEnvironment, query = '') =>
  (await api<Page<Mail>>('GET', `/mailbox${query}`)).body.data

/** The queue is one for all environments: what other tests left in it is out of the way. */
beforeEach(async () => {
  await send(async () => ({ ok: true }))
})

/** Somebody who carries mail, and says of each what the test wants. */
function carrier(answer: Posted = { ok: true }) {
  const taken: OutgoingMail[] = []
  const post: PostMail = async (mail) => {
    taken.push(mail)
    return answer
  }
  return { post, taken }
}

describe('the mailbox', () => {
  test('shows what was mailed, rendered, with the code taken out', async () => {
    const environment = await server.environment()
    await environment.api('PUT', '/branding', { body: { application_name: 'Acme' } })
    await queue(environment, 'ann@example.com', 'de')
    const [mail] = await mailbox(environment)
    expect(mail).toMatchObject({
      object: 'mail',
      kind: 'magic_auth',
      to: 'ann@example.com',
      state: 'due',
      subject: '123456 ist Ihr Anmeldecode für Acme',
      text: expect.stringContaining('Er gilt 10 Minuten.'),
      html: expect.stringContaining('lang="de"'),
      code: '123456',
      link: null,
    })
  })

  test('finds by recipient, and shows nobody else’s', async () => {
    const [one, other] = [await server.environment(), await server.environment()]
    await queue(one, 'ann@example.com')
    await queue(one, 'bob@example.com')
    expect((await mailbox(one, '?to=bob@example.com')).map(({ to }) => to)).toEqual(['bob@example.com'])
    expect(await mailbox(other)).toEqual([])
  })

  test('keeps what staging sent, and forgets what production sent', async () => {
    const [staging, production] = [await server.environment(), await server.environment('production')]
    await queue(staging, 'ann@example.com')
    await queue(production, 'ann@example.com')
    const { post } = carrier()
    await send(post)
    expect(await mailbox(staging)).toMatchObject([{ state: 'sent', code: '123456' }])
    expect(await mailbox(production)).toMatchObject([{ state: 'sent', code: null, text: null, subject: null }])
  })

  test('holds no code in the clear in the database', async () => {
    const environment = await server.environment()
    await queue(environment, 'ann@example.com')
    const { rows } = await server.db.pool.query('select content from mails where environment_id = $1', [environment.id])
    expect(JSON.stringify(rows)).not.toContain('123456')
  })

  test('is a page for names of this machine alone', async () => {
    const environment = await server.environment()
    await queue(environment, '<b>ann@example.com')
    // fetch does not let a caller choose the name.
    const ask = (path: string, host = 'localhost') =>
      new Promise<{ status: number; text: string }>((resolve, reject) =>
        get({ host: '127.0.0.1', port: server.port, path, headers: { host } }, (answer) => {
          let text = ''
          answer.on('data', (piece) => (text += String(piece)))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        }).on('error', reject),
      )
    const list = await ask('/mailbox/')
    expect(list).toMatchObject({ status: 200, text: expect.stringContaining('123456') })
    expect(list.text).toContain('&lt;b&gt;ann@example.com')
    for (const path of ['/mailbox/', '/mailbox/mail_1', '/mailbox/mail_1/html'])
      expect(await ask(path, 'rebound.evil.test')).toMatchObject({ status: 403 })
  })
})

describe('sending', () => {
  test('hands each mail over once, whoever else is sending', async () => {
    const environment = await server.environment()
    for (const to of ['a@example.com', 'b@example.com', 'c@example.com']) await queue(environment, to)
    const { post, taken } = carrier()
    await Promise.all([send(post), send(post), send(post)])
    expect(taken.map(({ to }) => to).toSorted()).toEqual(['a@example.com', 'b@example.com', 'c@example.com'])
    await send(post)
    expect(taken.length).toBe(3)
  })

  test('tries again, later and later, until a day has passed', async () => {
    const environment = await server.environment()
    await queue(environment, 'ann@example.com')
    const { post, taken } = carrier({ ok: false, error: 'connection refused', final: false })
    await send(post)
    await send(post)
    expect(taken.length).toBe(1)
    expect(await mailbox(environment)).toMatchObject([{ state: 'due', attempts: 1, error: 'connection refused' }])
    for (let hour = 0; hour < 30; hour++) {
      server.clock.advance(3_600_000)
      await send(post)
    }
    expect(await mailbox(environment)).toMatchObject([{ state: 'failed', error: 'connection refused' }])
    const tries = taken.length
    server.clock.advance(3_600_000)
    await send(post)
    expect(taken.length).toBe(tries)
  })

  test('does not insist where a mailbox does not exist', async () => {
    const environment = await server.environment()
    await queue(environment, 'nobody@example.com')
    const { post, taken } = carrier({ ok: false, error: '550 no such user', final: true })
    await send(post)
    server.clock.advance(3_600_000)
    await send(post)
    expect(taken.length).toBe(1)
    expect(await mailbox(environment)).toMatchObject([{ state: 'failed', error: '550 no such user' }])
  })

  test('a mail whose sender died is taken up by another', async () => {
    const environment = await server.environment()
    await queue(environment, 'ann@example.com')
    const died = send(() => Promise.reject(new Error('gone')))
    await expect(died).rejects.toThrow('gone')
    server.clock.advance(121_000)
    const { post, taken } = carrier()
    await send(post)
    expect(taken.map(({ to }) => to)).toEqual(['ann@example.com'])
  })
})

/** An SMTP server (RFC 5321) that refuses one recipient. */
async function smtpServer() {
  const received: { to: string; data: string }[] = []
  const listener = createServer((socket) => {
    let [to, data, inData] = ['', '', false]
    const say = (line: string) => socket.write(`${line}\r\n`)
    say('220 test')
    let rest = ''
    socket.on('data', (chunk) => {
      rest += chunk.toString()
      for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (inData) {
          if (line === '.') {
            inData = false
            received.push({ to, data })
            say('250 taken')
          } else data += `${line}\n`
        } else if (/^EHLO/i.test(line)) say('250 test')
        else if (/^RCPT/i.test(line)) {
          to = /<(.*)>/.exec(line)?.[1] ?? ''
          say(to.startsWith('nobody') ? '550 5.1.1 no such user' : '250 ok')
        } else if (/^DATA/i.test(line)) {
          ;[inData, data] = [true, '']
          say('354 go on')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else say('250 ok')
      }
    })
    socket.on('error', () => socket.destroy())
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo // it listens on a port
  const mail = smtpMail({ url: `smtp://127.0.0.1:${port}`, from: 'Acme <login@acme.test>' })
  onTestFinished(() => {
    mail.close()
    listener.close()
  })
  return { received, mail }
}

describe('SMTP', () => {
  const outgoing = (to: string): OutgoingMail => ({
    id: 'mail_1',
    to,
    subject: 'Grüße\r\nBcc: eve@evil.test',
    text: 'code 123456',
    html: '<p>code 123456</p>',
  })

  test('carries both forms, from whom it is told to, once for every attempt', async () => {
    const { received, mail } = await smtpServer()
    expect(await mail(outgoing('ann@example.com'))).toEqual({ ok: true })
    expect(received.map(({ to }) => to)).toEqual(['ann@example.com'])
    const data = received[0]?.data ?? ''
    expect(data).toContain('From: Acme <login@acme.test>')
    expect(data).toContain('Message-ID: <mail_1@acme.test>')
    expect(data).toContain('Auto-Submitted: auto-generated')
    expect(data).toContain('text/plain')
    expect(data).toContain('text/html')
    expect(data).not.toMatch(/^Bcc:/im)
  })

  test('a recipient that is none is final, a server that is away is not', async () => {
    const { mail } = await smtpServer()
    expect(await mail(outgoing('nobody@example.com'))).toMatchObject({ ok: false, final: true })
    const away = smtpMail({ url: 'smtp://127.0.0.1:1', from: 'a@acme.test' })
    expect(await away(outgoing('ann@example.com'))).toMatchObject({ ok: false, final: false })
    away.close()
  })

  test.each(['eve@evil.test, ann@example.com', 'ann@example.com\r\nRCPT TO:<eve@evil.test>'])(
    'an address that is more than one goes to nobody else: %j',
    async (to) => {
      const { received, mail } = await smtpServer()
      await mail(outgoing(to))
      expect(received.map((each) => each.to)).not.toContain('eve@evil.test')
    },
  )
})

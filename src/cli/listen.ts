import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { signatureHeader, signWebhook } from '#protocols/webhooks/signature.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { dataFiles } from './data-folder.ts'
import { exitCodes, Failure } from './failure.ts'
import { findSource, followLog, type LoggedEvent, readEventNames } from './follow-log.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { listenForStop } from './stop-signal.ts'

const timeoutMs = 10_000

export const listen: Command = {
  name: 'listen',
  usage: '--forward-to URL',
  summary: 'Forwards events to a URL of yours as webhooks, while it runs: no endpoint has to be set up.',
  notes: [
    'Each event is sent once, in the order of the log, signed with a secret that stays the same on this data folder.',
    'For deliveries that are retried, create an endpoint: POST /webhook_endpoints.',
  ],
  words: [0, 0],
  settings: ['baseUrl', 'apiKey', 'data'],
  options: {
    'forward-to': { value: 'URL', doc: 'Where your application takes webhooks' },
    events: { value: 'NAMES', doc: 'Which, with commas between; dsync.* for a family (default all)' },
  },
  run: runListen,
}

async function runListen(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const target = readTarget(textOption(invocation, 'forward-to'))
  const names = readEventNames(invocation)
  const stop = listenForStop()
  const source = await findSource(config)
  const secret = await readOrCreateSecret(config.data)
  terminal.line(`Webhook secret: ${secret}`)
  terminal.line(`Forwarding events of ${source.url} to ${target}. Press Ctrl-C to stop.`)
  const say = (sentence: string) => terminal.problem(sentence)
  for await (const event of followLog(source, names, undefined, stop.requested, say)) {
    const outcome = await forward(target, event, secret)
    terminal.line(`${event.created_at}  ${event.event}  ${event.id}  ->  ${outcome}`)
  }
}

async function forward(target: string, event: LoggedEvent, secret: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    [signatureHeader]: signWebhook(event.text, [secret], new Date()),
  }
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers,
      body: event.text,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    return String(response.status)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return cause instanceof Error ? cause.message : 'no answer'
  }
}

function readTarget(text: string | undefined): string {
  const url = URL.parse(text ?? '')
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href
  throw new Failure(
    exitCodes.userError,
    `--forward-to is ${text === undefined ? 'missing' : `"${text}"`}; it must be a URL such as http://localhost:3000/webhooks.`,
  )
}

async function readOrCreateSecret(folder: string): Promise<string> {
  const path = join(folder, dataFiles.listenSecret)
  const known = await readPrivateFile(path)
  if (known !== undefined) return known.trim()
  const secret = `whsec_${randomBytes(24).toString('base64url')}`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writePrivateFile(path, `${secret}\n`)
  return secret
}

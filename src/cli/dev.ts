import { bringUp } from './bring-up.ts'
import type { Command, Invocation } from './command.ts'
import { shownFolder } from './data-folder.ts'
import { takeKeys } from './dev-console.ts'
import { exitCodes, Failure } from './failure.ts'
import type { RequestLines } from './request-lines.ts'
import { Steps } from './steps.ts'
import { listenForStop } from './stop-signal.ts'

export const dev: Command = {
  name: 'dev',
  usage: '',
  summary: 'Runs everything on this machine, for this machine alone.',
  notes: [
    'The first start makes a database, keys, two environments and a test organization in the data folder;',
    'later starts keep them. Nothing is reachable from other machines. On a terminal it shows a line for each request,',
    'without what is in it, and takes keys: o opens the dashboard, m the mailbox, e the example app, q stops.',
  ],
  words: [0, 0],
  settings: [
    'port',
    'data',
    'databaseUrl',
    'baseUrl',
    'encryptionKey',
    'apiKey',
    'seed',
    'example',
    'examplePort',
    'poolSize',
    'trustProxy',
    'eventsRetentionDays',
    'logStreamFolder',
    'smtpUrl',
    'mailFrom',
    'operatorEmails',
    'stagingWebhookRetries',
    'logLevel',
    'quiet',
    'json',
  ],
  options: {},
  run: runDev,
}

async function runDev(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const stop = listenForStop()
  const silent = config.quiet || config.json
  let requests: RequestLines | undefined
  requireLoopback(config.host)
  try {
    await using undo = new AsyncDisposableStack()
    const steps = new Steps(terminal, silent, stop.requested)
    const { ready, app } = await bringUp(invocation, steps, undo, (answered) => requests?.note(answered))
    // Not before: it needs much of the program, and PostgreSQL should be on its way when that is loaded.
    const { jsonLine, printSummary } = await import('./dev-summary.ts')
    const { RequestLines } = await import('./request-lines.ts')
    if (config.json) terminal.line(jsonLine(ready))
    else if (config.quiet) terminal.line(ready.url)
    else printSummary(terminal, ready, app.server)
    if (!silent && terminal.interactive) {
      requests = new RequestLines(terminal, () => new Date())
      undo.use(takeKeys(terminal, ready, { input: process.stdin, stop: stop.stop }))
    }
    await stop.wait
    if (!silent) terminal.line('\n  Stopping.')
  } catch (error) {
    // Stopped while starting: what was begun is undone, and there is nothing to complain about.
    if (error !== stop.requested.reason) throw error
  }
  if (!silent) terminal.line(`  Stopped. Your data is in ${shownFolder(config.data)}.`)
}

/** The keys it prints and the identity provider that lets anybody in are for nobody else. */
function requireLoopback(host: string | undefined): void {
  if (host === undefined || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return
  throw new Failure(
    exitCodes.userError,
    `dev is for this machine alone and cannot listen on ${host}. Use "gatehouse start" to serve others.`,
  )
}

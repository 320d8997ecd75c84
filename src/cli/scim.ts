import { setTimeout as sleep } from 'node:timers/promises'
import { nearest } from '#domain/nearest.ts'
import { type DialectName, dialectNames, dialects, isDialectName } from '#test-idp/scim/dialects.ts'
import { isBearerToken, readEndpoint, sendOverHttp } from '#test-idp/scim/http-send.ts'
import { type Progress, simulate, type SimulationOptions } from '#test-idp/scim/simulate.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { exitCodes, Failure } from './failure.ts'
import { printReport, reportAsJson } from './scim-report.ts'
import type { Terminal } from './terminal.ts'

export const scim: Command = {
  name: 'scim',
  usage: 'simulate --as CLIENT --base URL',
  summary:
    'Sends what an identity provider would send, from the first test to the last deletion, and reports what the server did with it.',
  notes: [
    'Clients:',
    ...dialectNames.map((name) => `  ${name.padEnd(16)} ${dialects[name].title}`),
    '',
    'The people are made up, the same ones for the same seed. They stay at the server, so use a directory of its own.',
    'Give the token as GATEHOUSE_SCIM_TOKEN: other users of this machine can read command lines.',
    'Exits with 1 when the server did something wrong.',
  ],
  words: [1, 1],
  settings: ['scimToken', 'json'],
  options: {
    as: { value: 'CLIENT', doc: 'Whom to imitate (default okta)' },
    base: { value: 'URL', doc: 'The SCIM endpoint, as an administrator would paste it' },
    token: { value: 'TOKEN', doc: 'Its bearer token, for tokens that are worth nothing; see above' },
    users: { value: 'N', doc: 'How many people (default 50)' },
    groups: { value: 'N', doc: 'How many groups (default 5)' },
    changes: { value: 'N', doc: 'How many changes to them (default as many as people)' },
    seed: { value: 'N', doc: 'Other people and other changes for every number (default 1)' },
    concurrency: { value: 'N', doc: 'Requests at once (default 4)' },
  },
  run: runSimulation,
}

async function runSimulation(invocation: Invocation): Promise<void> {
  const { config, terminal, words } = invocation
  if (words[0] !== 'simulate')
    throw new Failure(exitCodes.userError, `"${words[0]}" is not known here. Did you mean "gatehouse scim simulate"?`)
  const endpoint = readBase(textOption(invocation, 'base'))
  const options = readOptions(invocation)
  const token = readToken(invocation)
  const started = performance.now()
  const report = await simulate(options, {
    send: sendOverHttp({ endpoint, token, fetch: globalThis.fetch }),
    wait: (milliseconds) => sleep(milliseconds),
    ...(!config.json && { onProgress: showProgress(terminal) }),
  })
  if (config.json) terminal.line(reportAsJson(report, token))
  else {
    terminal.clearLine()
    printReport(terminal, report, { endpoint, token, seconds: (performance.now() - started) / 1000 })
  }
  if (report.passed) return
  const broken = report.verdicts.filter(({ failed }) => failed > 0).length
  throw new Failure(exitCodes.userError, `${broken} of ${report.verdicts.length} expectations were not met.`)
}

function showProgress(terminal: Terminal): (progress: Progress) => void {
  return ({ phase, done, total, requests }) => {
    if (!terminal.interactive) return
    terminal.clearLine()
    terminal.progress(`  ${phase} ${done}/${total}, ${requests} requests`)
  }
}

function readOptions(invocation: Invocation): SimulationOptions {
  const users = readNumber(invocation, 'users', 50, 100_000)
  return {
    as: readClient(textOption(invocation, 'as') ?? 'okta'),
    users,
    groups: readNumber(invocation, 'groups', 5, 10_000),
    changes: readNumber(invocation, 'changes', users, 1_000_000),
    seed: readNumber(invocation, 'seed', 1, 2 ** 32 - 1),
    concurrency: Math.max(1, readNumber(invocation, 'concurrency', 4, 100)),
  }
}

function readClient(name: string): DialectName {
  if (isDialectName(name)) return name
  const message = `--as is "${name}". Did you mean "${nearest(name, dialectNames)}"? There are: ${dialectNames.join(', ')}.`
  throw new Failure(exitCodes.userError, message)
}

function readBase(text: string | undefined): string {
  if (text === undefined)
    throw new Failure(exitCodes.userError, '--base is missing: the SCIM endpoint of the directory, as in https://….')
  const endpoint = readEndpoint(text)
  if (endpoint === undefined)
    throw new Failure(exitCodes.userError, `--base is "${text}"; it must be an http or https URL without a query.`)
  return endpoint
}

function readToken(invocation: Invocation): string {
  const { config, terminal } = invocation
  const given = textOption(invocation, 'token')
  if (given !== undefined)
    terminal.problem('gatehouse: other users of this machine can read --token; GATEHOUSE_SCIM_TOKEN is safer.')
  const token = given ?? config.scimToken
  if (token === undefined)
    throw new Failure(
      exitCodes.userError,
      'There is no token. Set GATEHOUSE_SCIM_TOKEN to the directory’s bearer token.',
    )
  if (isBearerToken(token)) return token
  throw new Failure(exitCodes.userError, 'The token holds blanks or signs that no bearer token has. Copy it again.')
}

function readNumber(invocation: Invocation, name: string, standard: number, most: number): number {
  const text = textOption(invocation, name)
  if (text === undefined) return standard
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (number <= most) return number
  throw new Failure(exitCodes.userError, `--${name} is "${text}"; it must be a whole number up to ${most}.`)
}

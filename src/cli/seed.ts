import { readFile } from 'node:fs/promises'
import type { Environment } from '#contracts/environments.ts'
import type { Database } from '#db/database.ts'
import { applySeed, previewSeed, type SeedDeps } from '#domain/seeds/apply.ts'
import type { PlanStep } from '#domain/seeds/plan.ts'
import { emptySeed, readSeed, type Seed } from '#domain/seeds/seed-file.ts'
import { guardedFetch } from '../guarded-fetch.ts'
import type { Config } from '../settings.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { readRunning, shownFolder } from './data-folder.ts'
import { changeDeps, withDatabase } from './database.ts'
import { requireSecrets } from './encryption-key.ts'
import { findEnvironment } from './environment.ts'
import { exitCodes, Failure } from './failure.ts'
import type { Terminal } from './terminal.ts'

export const seed: Command = {
  name: 'seed',
  usage: 'FILE',
  summary:
    'Makes an environment have what a YAML or JSON file describes, and prints the plan: + made, ~ changed, - removed.',
  notes: [
    'Parts: permissions, roles, organizations (with domains and memberships), users, connections, invitations, api_keys,',
    'redirect_uris, logout_uris, cors_origins, homepage_url, webhook_endpoints, jwt_template; docs/guides/seeds.md shows',
    'all of them.',
    'Organizations are found again by id, external_id or name, users by id, external_id or address, so applying a file',
    'twice changes nothing. Nothing that the file does not mention is touched. Ids may be pinned. A password is for',
    'whoever has none. Seed files of the vendor emulator are read as they are; what they describe beyond this server is',
    'named and left out. API keys for production go into the production environment.',
  ],
  words: [1, 1],
  settings: ['databaseUrl', 'data', 'baseUrl', 'encryptionKey', 'json'],
  options: {
    environment: { value: 'NAME', doc: 'staging, production, or the id of an environment (default staging)' },
    'dry-run': { doc: 'Print the plan and change nothing' },
  },
  run: runSeed,
}

async function runSeed(invocation: Invocation): Promise<void> {
  const { config, options, words, terminal } = invocation
  const described = await readSeedFile(words[0] ?? '')
  await withDatabase(config, async (db) => {
    const environment = await findEnvironment(db, textOption(invocation, 'environment') ?? 'staging')
    const deps = {
      ...changeDeps(db),
      fetchText: guardedFetch({ allowPrivate: true }),
      ...(await keysFor(described, config)),
    }
    const isDryRun = options['dry-run'] === true
    const reports: Report[] = []
    for (const part of await partsOf(db, described, environment))
      reports.push(await (isDryRun ? preview(deps, part) : apply(deps, part)))
    if (config.json)
      terminal.line(JSON.stringify({ dryRun: isDryRun, ignored: described.ignored, environments: reports }, null, 2))
    else print(terminal, described, reports, isDryRun)
  })
}

/** The key that seals secrets of webhook endpoints and what opens invitations, and where the link of those leads. */
async function keysFor(
  { invitations, webhookEndpoints }: Seed,
  config: Config,
): Promise<Pick<SeedDeps, 'secrets' | 'baseUrl' | 'webhookRules'>> {
  if (invitations.length + webhookEndpoints.length === 0)
    return { secrets: undefined, webhookRules: undefined, baseUrl: config.baseUrl ?? '' }
  const secrets = await requireSecrets(config)
  // A database of its own is a developer's machine, where applications listen on localhost without TLS.
  const webhookRules = { secrets, allowPrivate: config.databaseUrl === undefined }
  if (invitations.length === 0) return { secrets, webhookRules, baseUrl: config.baseUrl ?? '' }
  const baseUrl =
    config.baseUrl ?? (config.databaseUrl === undefined ? (await readRunning(config.data))?.url : undefined)
  if (baseUrl === undefined && config.databaseUrl !== undefined)
    throw new Failure(exitCodes.userError, 'Invitations carry a link: set BASE_URL to where people reach the server.')
  return { secrets, webhookRules, baseUrl: baseUrl ?? `http://localhost:${config.port}` }
}

/** @throws Failure naming the file, or SeedInvalid naming its lines. */
export async function readSeedFile(path: string): Promise<Seed> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Failure(exitCodes.userError, `The seed file ${shownFolder(path)} cannot be read: ${reason}`)
  })
  return readSeed(text)
}

/** What one environment is to have. */
export interface SeedPart {
  readonly environment: Environment
  readonly seed: Seed
}

/** Keys go where they belong; everything else into the environment that was asked for. */
export async function partsOf(db: Database, described: Seed, asked: Environment): Promise<SeedPart[]> {
  const isOwn = (kind: string | undefined) => kind === undefined || kind === asked.kind
  const own = described.apiKeys.filter((key) => isOwn(key.environment))
  const others = described.apiKeys.filter((key) => !isOwn(key.environment))
  const parts: SeedPart[] = [{ environment: asked, seed: { ...described, apiKeys: own } }]
  if (others.length === 0) return parts
  const environment = await findEnvironment(db, asked.kind === 'staging' ? 'production' : 'staging')
  return [...parts, { environment, seed: { ...emptySeed, apiKeys: others } }]
}

interface Report {
  readonly environment: string
  readonly steps: readonly Pick<PlanStep, 'mark' | 'what' | 'details'>[]
  readonly issued: readonly { readonly name: string; readonly value: string }[]
}

async function preview(deps: SeedDeps, { environment, seed: part }: SeedPart): Promise<Report> {
  return reportOf(environment, (await previewSeed(deps, environment, part)).steps, [])
}

async function apply(deps: SeedDeps, { environment, seed: part }: SeedPart): Promise<Report> {
  const { steps, issued } = await applySeed(deps, environment, part)
  return reportOf(environment, steps, issued)
}

function reportOf(environment: Environment, steps: readonly PlanStep[], issued: Report['issued']): Report {
  return {
    environment: environment.name,
    steps: steps.map(({ mark, what, details }) => ({ mark, what, details })),
    issued,
  }
}

function print(terminal: Terminal, described: Seed, reports: readonly Report[], isDryRun: boolean): void {
  const colors = { '+': 'green', '~': 'yellow', '-': 'red', '=': 'dim' } as const
  for (const { environment, steps, issued } of reports) {
    terminal.line(terminal.style('bold', environment))
    for (const { mark, what, details } of steps.filter((step) => step.mark !== '=')) {
      terminal.line(`  ${terminal.style(colors[mark], mark)} ${what}`)
      for (const detail of details)
        terminal.line(`      ${terminal.style(colors[detail.mark], detail.mark)} ${detail.text}`)
    }
    for (const { name, value } of issued) terminal.line(`  the key ${name}, shown this once: ${value}`)
    terminal.line(`  ${countSteps(steps)}`)
  }
  for (const line of described.ignored) terminal.line(`${terminal.style('yellow', 'left out')} ${line}`)
  if (isDryRun) terminal.line('Nothing was changed: this was a dry run.')
}

export function countSteps(steps: readonly Pick<PlanStep, 'mark'>[]): string {
  const count = (mark: PlanStep['mark']) => steps.filter((step) => step.mark === mark).length
  return `${count('+')} made, ${count('~')} changed, ${count('=')} as described`
}

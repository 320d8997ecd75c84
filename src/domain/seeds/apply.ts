import type { Environment } from '#contracts/environments.ts'
import type { ConnectionType } from '#contracts/connections.ts'
import type { OrganizationId, UserId } from '#contracts/ids.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { configureConnection } from '../connections/configure.ts'
import { createConnection } from '../connections/create.ts'
import { type FetchText, type IdpSettings, readIdpSettings } from '../connections/idp-settings.ts'
import { createApiKey } from '../environments/api-keys.ts'
import { createOrganization } from '../organizations/create.ts'
import { updateOrganization } from '../organizations/update.ts'
import { logoutUris, redirectUris } from '../redirects/families.ts'
import { setHomepage } from '../redirects/homepage.ts'
import { createOrigin } from '../redirects/origins.ts'
import { createUri, updateUri } from '../redirects/uris.ts'
import { setJwtTemplate } from '../sessions/jwt-template.ts'
import type { EndpointRules } from '../webhooks/endpoints.ts'
import { type PeopleRun, performPeople } from './perform-people.ts'
import { checkWebhooks, performWebhook } from './perform-webhooks.ts'
import { planSeed, type OrganizationRef, type PlanStep, type SeedAction, type SeedPlan } from './plan.ts'
import { type Seed, type SeedConnection, SeedInvalid } from './seed-file.ts'
import { preparePasswords } from './seed-passwords.ts'
import { readSeedState } from './state.ts'

export interface SeedDeps extends ChangeDeps {
  readonly fetchText: FetchText
  readonly baseUrl: string
  /** Seals what opens invitations; a seed without any can do without. */
  readonly secrets: Secrets | undefined
  /** For webhook endpoints; a seed without any can do without. */
  readonly webhookRules: EndpointRules | undefined
}

export interface SeedResult {
  readonly steps: readonly PlanStep[]
  /** API keys that were made without a value in the file: shown once. */
  readonly issued: readonly { readonly name: string; readonly value: string }[]
}

/**
 * Makes an environment have what the seed describes, in one transaction: all of it or nothing. Again is harmless.
 * @throws SeedInvalid when the seed contradicts what there is.
 */
export async function applySeed(deps: SeedDeps, environment: Environment, seed: Seed): Promise<SeedResult> {
  const { idps, passwords } = await prepare(deps, environment, seed)
  return change(deps, { environment: environment.id }, async (work) => {
    // Planned again inside: between the preview and here, somebody may have made a part of it.
    const plan = planSeed(seed, await readSeedState(work.tx, environment.id, seed, work.now, deps.secrets))
    refuse(plan)
    const run = new SeedRun(work, environment.kind, deps, idps, passwords)
    for (const { action } of plan.steps) if (action) await run.perform(action)
    return { steps: plan.steps, issued: run.issued }
  })
}

/**
 * What applying the seed would do now. Reads metadata and judges passwords as applying does.
 * @throws SeedInvalid when it would.
 */
export async function previewSeed(deps: SeedDeps, environment: Environment, seed: Seed): Promise<SeedPlan> {
  return (await prepare(deps, environment, seed)).plan
}

/** What takes its time, before a transaction begins. */
async function prepare(deps: SeedDeps, environment: Environment, seed: Seed) {
  const plan = planSeed(seed, await readSeedState(deps.db.kysely, environment.id, seed, deps.clock(), deps.secrets))
  refuse(plan)
  checkWebhooks(plan.steps, deps.webhookRules)
  const idps = await readIdps(deps, plan)
  return { plan, idps, passwords: await preparePasswords(deps.db, environment, seed, plan) }
}

function refuse({ problems }: SeedPlan): void {
  if (problems.length > 0) throw new SeedInvalid(problems)
}

type Idps = ReadonlyMap<SeedConnection, IdpSettings | undefined>

/** Metadata is fetched before the transaction: no row is locked while somebody's server thinks. */
async function readIdps(deps: SeedDeps, { steps }: SeedPlan): Promise<Idps> {
  const idps = new Map<SeedConnection, IdpSettings | undefined>()
  for (const { action } of steps) {
    const connection = action && connectionOf(action)
    if (!connection) continue
    const { x509_certificates: certificates, ...idp } = connection
    const input = { ...idp, ...(certificates && { x509_certificates: [...certificates] }) }
    idps.set(connection, await readIdpSettings(input, deps.fetchText, deps.clock()))
  }
  return idps
}

function connectionOf(action: SeedAction): SeedConnection | undefined {
  if (action.do === 'create connection') return action.connection
  return action.do === 'configure connection' ? action.idpFrom : undefined
}

/** The steps of one plan, which may refer to what earlier steps made. */
class SeedRun {
  readonly issued: { readonly name: string; readonly value: string }[] = []
  readonly #work: Work
  readonly #kind: Environment['kind']
  readonly #baseUrl: string
  readonly #webhookRules: EndpointRules | undefined
  readonly #idps: Idps
  readonly #people: PeopleRun
  readonly #made = new Map<number, OrganizationId>()

  constructor(
    work: Work,
    kind: Environment['kind'],
    { baseUrl, secrets, webhookRules }: Pick<SeedDeps, 'baseUrl' | 'secrets' | 'webhookRules'>,
    idps: Idps,
    passwords: PeopleRun['passwords'],
  ) {
    this.#work = work
    this.#kind = kind
    this.#baseUrl = baseUrl
    this.#webhookRules = webhookRules
    this.#idps = idps
    this.#people = {
      work,
      invitationKeys: secrets && { secrets, baseUrl },
      passwords,
      madeUsers: new Map<number, UserId>(),
      idOf: (organization) => this.#idOf(organization),
    }
  }

  async perform(action: SeedAction): Promise<void> {
    const [work, kind] = [this.#work, this.#kind]
    switch (action.do) {
      case 'create organization': {
        const { id } = await createOrganization(work, action.input, action.id)
        this.#made.set(action.index, id)
        return
      }
      case 'update organization':
        return void (await updateOrganization(work, action.id, action.input))
      case 'create connection':
        return this.#createConnection(action.connection, action.organization)
      case 'configure connection':
        return void (await configureConnection(
          work,
          action.id,
          action.change,
          this.#idpOf(action.idpFrom),
          this.#baseUrl,
        ))
      case 'create api key': {
        const { name, value } = await createApiKey(work, kind, action)
        if (action.value === undefined) this.issued.push({ name, value })
        return
      }
      case 'create uri':
        return void (await (action.family === 'redirect'
          ? createUri(work, redirectUris, kind, action)
          : createUri(work, logoutUris, kind, action)))
      case 'make uri default':
        return void (await (action.family === 'redirect'
          ? updateUri(work, redirectUris, kind, action.id as `redir_${string}`, { default: true }) // the family's own id
          : updateUri(work, logoutUris, kind, action.id as `logout_uri_${string}`, { default: true })))
      case 'create origin':
        return void (await createOrigin(work, kind, action.origin))
      case 'set homepage':
        return void (await setHomepage(work, kind, action.url))
      case 'set jwt template':
        return void (await setJwtTemplate(work, action.content))
      case 'create webhook endpoint':
      case 'update webhook endpoint':
        return performWebhook(work, this.#webhookRules, action)
      default:
        return performPeople(this.#people, action)
    }
  }

  async #createConnection(connection: SeedConnection, organization: OrganizationRef): Promise<void> {
    const { id, name, attribute_map, options, state } = connection
    const made = await createConnection(
      this.#work,
      {
        ...(id && { id }),
        ...(name !== undefined && { name }),
        ...(attribute_map && { attribute_map }),
        ...(options && { options }),
        connection_type: connection.connection_type as ConnectionType, // the plan refuses others
        organization_id: this.#idOf(organization),
      },
      this.#idpOf(connection),
      this.#baseUrl,
    )
    if (state === 'inactive' && made.state !== 'inactive')
      await configureConnection(this.#work, made.id, { state }, undefined, this.#baseUrl)
  }

  #idOf(organization: OrganizationRef): OrganizationId {
    const id = 'id' in organization ? organization.id : this.#made.get(organization.made)
    if (id === undefined) throw new Error('Something was planned before its organization.')
    return id
  }

  #idpOf(connection: SeedConnection | undefined): IdpSettings | undefined {
    if (!connection) return undefined
    if (!this.#idps.has(connection))
      throw new SeedInvalid([`line ${connection.line}: the connection was changed meanwhile. Try again.`])
    return this.#idps.get(connection)
  }
}

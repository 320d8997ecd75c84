import { isDeepStrictEqual } from 'node:util'
import { ok, refused, type Result } from '#protocols/result.ts'
import { builtInSlug } from './addresses.ts'
import type { Idp } from './idp.ts'
import { type IdpFolder, openIdpFolder } from './idp-folder.ts'
import { kinds, type KindName } from './kinds.ts'
import type { ServiceProvider } from './service-provider.ts'
import { createSigningKey, defaultLifetimeDays, type SigningKey } from './signing-key.ts'

export type RegistryProblem = 'too_many_idps' | 'slug_taken' | 'too_many_service_providers' | 'unknown_idp'

// Anyone who reaches the port may create these, so their number is bounded.
const maximumIdps = 50
const maximumServiceProviders = 50
const maximumRememberedResponses = 200

/** To whom a response went. A replay of an answer and one of an unsolicited response are different attacks. */
export interface Sent {
  readonly slug: string
  readonly spEntityId: string
  readonly solicited: boolean
}

/** The identity providers of this process: in memory, and in a folder when there is one. */
export class Registry {
  readonly #idps = new Map<string, Idp>()
  readonly #lastResponses = new Map<string, string>()
  #stranger: Promise<SigningKey> | undefined
  readonly #folder: IdpFolder | undefined
  readonly #clock: () => Date

  private constructor(folder: IdpFolder | undefined, clock: () => Date) {
    this.#folder = folder
    this.#clock = clock
  }

  /** @throws Error when the folder holds a file that cannot be read as an identity provider. */
  static async open(options: { readonly folder: string | undefined; readonly clock: () => Date }): Promise<Registry> {
    const folder = options.folder === undefined ? undefined : openIdpFolder(options.folder)
    const registry = new Registry(folder, options.clock)
    for (const idp of folder?.load() ?? []) registry.#idps.set(idp.slug, idp)
    if (!registry.#idps.has(builtInSlug))
      await registry.create({ slug: builtInSlug, kind: 'test-idp', name: kinds['test-idp'].title })
    return registry
  }

  /** The built-in one first. */
  list(): readonly Idp[] {
    const others = [...this.#idps.values()].filter(({ slug }) => slug !== builtInSlug)
    return [this.#idps.get(builtInSlug), ...others].filter((idp) => idp !== undefined)
  }

  find(slug: string): Idp | undefined {
    return this.#idps.get(slug)
  }

  async create(wanted: {
    readonly slug: string
    readonly kind: KindName
    readonly name: string
    readonly serviceProvider?: ServiceProvider
  }): Promise<Result<Idp, RegistryProblem>> {
    const refusal = (): RegistryProblem | undefined =>
      this.#idps.has(wanted.slug) ? 'slug_taken' : this.#idps.size >= maximumIdps ? 'too_many_idps' : undefined
    const before = refusal()
    if (before) return refused(before)
    const signing = await createSigningKey(wanted.name, this.#clock(), defaultLifetimeDays)
    // Making the key took a while: somebody else may have been given the name meanwhile.
    const after = refusal()
    if (after) return refused(after)
    const { slug, kind, name, serviceProvider } = wanted
    const serviceProviders = serviceProvider ? [serviceProvider] : []
    return ok(this.#keep({ slug, kind, name, signing, retiredCertificate: null, serviceProviders }))
  }

  /** Signs with a new key from now on, as an administrator does before a certificate expires. */
  async rotate(slug: string, lifetimeDays: number): Promise<Result<Idp, RegistryProblem>> {
    const name = this.#idps.get(slug)?.name
    if (name === undefined) return refused('unknown_idp')
    const signing = await createSigningKey(name, this.#clock(), lifetimeDays)
    const idp = this.#idps.get(slug)
    if (!idp) return refused('unknown_idp')
    return ok(this.#keep({ ...idp, signing, retiredCertificate: idp.signing.certificate }))
  }

  /** Adds a service provider, or moves a known one to the end as the one used last. */
  remember(slug: string, serviceProvider: ServiceProvider): Result<Idp, RegistryProblem> {
    const idp = this.#idps.get(slug)
    if (!idp) return refused('unknown_idp')
    const known = idp.serviceProviders.find((each) => each.entityId === serviceProvider.entityId)
    // A request may not move what somebody entered by hand, nor make us forget its certificate.
    const kept = known?.registered === true && !serviceProvider.registered ? known : serviceProvider
    const others = idp.serviceProviders.filter((each) => each !== known)
    // A sign-in like the last one moves a tile but is no reason to write a file.
    if (known && isDeepStrictEqual(known, kept)) return ok(this.#hold({ ...idp, serviceProviders: [...others, known] }))
    if (others.length < maximumServiceProviders) return ok(this.#keep({ ...idp, serviceProviders: [...others, kept] }))
    const oldestSeen = others.find((each) => !each.registered)
    if (!oldestSeen) return refused('too_many_service_providers')
    const remaining = others.filter((each) => each !== oldestSeen)
    return ok(this.#keep({ ...idp, serviceProviders: [...remaining, kept] }))
  }

  /** A key that no metadata mentions; the same one as long as the process runs. */
  stranger(): Promise<SigningKey> {
    this.#stranger ??= createSigningKey('Nobody you know', this.#clock(), defaultLifetimeDays)
    return this.#stranger
  }

  /** The good response last sent to a service provider, for the scenario that sends it again. */
  lastResponse(sent: Sent): string | undefined {
    return this.#lastResponses.get(keyOf(sent))
  }

  rememberResponse(sent: Sent, xml: string): void {
    const key = keyOf(sent)
    this.#lastResponses.delete(key)
    this.#lastResponses.set(key, xml)
    for (const oldest of this.#lastResponses.keys()) {
      if (this.#lastResponses.size <= maximumRememberedResponses) break
      this.#lastResponses.delete(oldest)
    }
  }

  #keep(idp: Idp): Idp {
    this.#folder?.save(idp)
    return this.#hold(idp)
  }

  #hold(idp: Idp): Idp {
    this.#idps.set(idp.slug, idp)
    return idp
  }
}

function keyOf({ slug, spEntityId, solicited }: Sent): string {
  return JSON.stringify([slug, spEntityId, solicited])
}

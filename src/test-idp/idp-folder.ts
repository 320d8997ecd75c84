import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Idp, isSlug } from './idp.ts'
import { isKindName } from './kinds.ts'
import { writePrivately } from './private-file.ts'
import type { ServiceProvider } from './service-provider.ts'
import { certificateOf, privateKeyToPem, readSigningKey } from './signing-key.ts'

/** Keeps identity providers between starts: one JSON file each, readable by the owner alone, for it holds a private key. */
export interface IdpFolder {
  /** @throws Error naming the file, when one cannot be read. */
  load(): readonly Idp[]
  save(idp: Idp): void
}

const extension = '.json'

export function openIdpFolder(folder: string): IdpFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    load: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith(extension))
        .toSorted()
        .map((name) => loadIdp(join(folder, name), name.slice(0, -extension.length))),
    save: (idp) => writePrivately(join(folder, `${idp.slug}${extension}`), JSON.stringify(toFile(idp), null, 2)),
  }
}

function loadIdp(path: string, slug: string): Idp {
  try {
    return fromFile(JSON.parse(readFileSync(path, 'utf8')), slug)
  } catch (cause) {
    throw new Error(
      `Cannot read ${path} as a test identity provider. Delete the file to have a new one made, with a new key.`,
      { cause },
    )
  }
}

function toFile(idp: Idp): Record<string, unknown> {
  return {
    kind: idp.kind,
    name: idp.name,
    private_key: privateKeyToPem(idp.signing.key),
    certificate: idp.signing.certificate,
    retired_certificate: idp.retiredCertificate,
    service_providers: idp.serviceProviders.map((each) => ({
      entity_id: each.entityId,
      acs_url: each.acsUrl,
      registered: each.registered,
      encryption_certificate: each.encryptionCertificate,
      signing_certificate: each.signingCertificate,
    })),
  }
}

function fromFile(file: unknown, slug: string): Idp {
  const kind = field(file, 'kind')
  if (!isKindName(kind)) throw new Error('kind is not one we know.')
  if (!isSlug(slug)) throw new Error('The file name is not a slug.')
  const serviceProviders = field(file, 'service_providers')
  if (!Array.isArray(serviceProviders)) throw new Error('service_providers is not a list.')
  return {
    slug,
    kind,
    name: text(file, 'name'),
    signing: readSigningKey(text(file, 'private_key'), text(file, 'certificate')),
    retiredCertificate: certificate(file, 'retired_certificate'),
    serviceProviders: serviceProviders.map(readServiceProvider),
  }
}

function readServiceProvider(file: unknown): ServiceProvider {
  return {
    entityId: text(file, 'entity_id'),
    acsUrl: text(file, 'acs_url'),
    registered: field(file, 'registered') === true,
    encryptionCertificate: certificate(file, 'encryption_certificate'),
    signingCertificate: certificate(file, 'signing_certificate'),
  }
}

function certificate(file: unknown, name: string): string | null {
  return field(file, name) === null ? null : certificateOf(text(file, name)).raw.toString('base64')
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`${name} is missing.`)
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function text(value: unknown, name: string): string {
  const found = field(value, name)
  if (typeof found !== 'string') throw new Error(`${name} is not text.`)
  return found
}

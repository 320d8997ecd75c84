import { isDeepStrictEqual } from 'node:util'
import { samlConnectionTypes } from '#contracts/connections.ts'
import { nearest } from '../nearest.ts'
import type { ConnectionChange } from '../connections/configure.ts'
import type { OrganizationRef, PlanStep, SeedPlan, SeedState, StoredConnection } from './plan.ts'
import type { OrganizationsPlan } from './plan-organizations.ts'
import type { SeedConnection } from './seed-file.ts'

export function planConnections(
  wanted: readonly SeedConnection[],
  { connections }: Pick<SeedState, 'connections'>,
  refs: OrganizationsPlan['refs'],
): SeedPlan {
  const steps: PlanStep[] = []
  const problems: string[] = []
  for (const connection of wanted) {
    const problem = checkType(connection)
    const organization = refs(connection.organization)
    if (problem) problems.push(problem)
    else if (organization === undefined)
      problems.push(`line ${connection.line}: there is no organization "${connection.organization}".`)
    else if (organization === 'several')
      problems.push(
        `line ${connection.line}: several organizations are called "${connection.organization}". Say which by id.`,
      )
    else steps.push(planOne(connection, organization, connections, problems))
  }
  return { steps, problems }
}

function checkType({ line, connection_type: type }: SeedConnection): string | undefined {
  if (samlConnectionTypes.some((known) => known === type)) return undefined
  return `line ${line}: "${type}" is not a connection type that can be made here. Did you mean "${nearest(type, samlConnectionTypes)}"?`
}

function planOne(
  wanted: SeedConnection,
  organization: OrganizationRef,
  stored: readonly StoredConnection[],
  problems: string[],
): PlanStep {
  const found = find(wanted, organization, stored)
  if (!found) {
    const details = wanted.idp_metadata_url === undefined ? [] : [{ mark: '+' as const, text: wanted.idp_metadata_url }]
    const action = { do: 'create connection', organization, connection: wanted } as const
    return { mark: '+', what: `connection ${nameOf(wanted)} of ${wanted.organization}`, details, action }
  }
  const fixed: [string, unknown, unknown][] = [
    ['organization', found.organization_id, 'id' in organization ? organization.id : undefined],
    ['connection_type', found.connection_type, wanted.connection_type],
  ]
  for (const [name, before, after] of fixed)
    if (before !== after)
      problems.push(
        `line ${wanted.line}: ${found.id} has the ${name} ${String(before)}, which cannot be changed to ${String(after)}.`,
      )
  return change(wanted, found)
}

function change(wanted: SeedConnection, found: StoredConnection): PlanStep {
  const details: PlanStep['details'][number][] = []
  const changes: { -readonly [K in keyof ConnectionChange]: ConnectionChange[K] } = {}
  if (wanted.name !== undefined && wanted.name !== found.name) {
    changes.name = wanted.name
    details.push({ mark: '~', text: `name "${found.name}" -> "${wanted.name}"` })
  }
  if (wanted.attribute_map && !isDeepStrictEqual(wanted.attribute_map, found.attribute_map)) {
    changes.attribute_map = wanted.attribute_map
    details.push({ mark: '~', text: 'attribute_map' })
  }
  const options = found.options as Readonly<Record<string, unknown>> // a map, see configureConnection
  const changed = Object.entries(wanted.options ?? {}).filter(
    ([name, value]) => !isDeepStrictEqual(options[name], value),
  )
  if (changed.length > 0 && wanted.options) {
    changes.options = wanted.options
    for (const [name, value] of changed) details.push({ mark: '~', text: `option ${name} -> ${JSON.stringify(value)}` })
  }
  const isOff = found.state === 'inactive'
  if (wanted.state === 'inactive' ? !isOff : wanted.state === 'active' && isOff && found.idp_entity_id !== null) {
    changes.state = isOff ? 'active' : 'inactive'
    details.push({ mark: '~', text: `state ${found.state} -> ${wanted.state}` })
  }
  const idpChanges = findIdpChanges(wanted, found)
  details.push(...idpChanges.map((text) => ({ mark: '~' as const, text })))
  const what = `connection ${nameOf(wanted)} of ${wanted.organization} (${found.id})`
  if (details.length === 0) return { mark: '=', what, details }
  const idpFrom = idpChanges.length > 0 ? { idpFrom: wanted } : {}
  return { mark: '~', what, details, action: { do: 'configure connection', id: found.id, change: changes, ...idpFrom } }
}

function findIdpChanges(wanted: SeedConnection, found: StoredConnection): string[] {
  const { idp_metadata_url: url, idp_metadata_xml: xml, idp_entity_id: entityId, idp_sso_url: ssoUrl } = wanted
  const certificates = wanted.x509_certificates?.map((text) => text.replaceAll(/-----[A-Z ]+-----|\s/g, ''))
  return [
    ...(url !== undefined && url !== found.idp_metadata_url ? [`idp_metadata_url -> ${url}`] : []),
    ...(xml !== undefined && !saysTheSame(xml, found) ? ['idp_metadata_xml'] : []),
    ...(entityId !== undefined && entityId !== found.idp_entity_id ? [`idp_entity_id -> ${entityId}`] : []),
    ...(ssoUrl !== undefined && ssoUrl !== found.idp_sso_redirect_url ? [`idp_sso_url -> ${ssoUrl}`] : []),
    ...(certificates && !isDeepStrictEqual(certificates, [...found.idp_certificates]) ? ['x509_certificates'] : []),
  ]
}

/** Metadata is signed anew and dated anew at every download; the certificates are what counts. */
function saysTheSame(xml: string, found: StoredConnection): boolean {
  const text = xml.replaceAll(/\s/g, '')
  return found.idp_entity_id !== null && found.idp_certificates.every((certificate) => text.includes(certificate))
}

function find(
  wanted: SeedConnection,
  organization: OrganizationRef,
  stored: readonly StoredConnection[],
): StoredConnection | undefined {
  if (wanted.id !== undefined) return stored.find(({ id }) => id === wanted.id)
  if ('made' in organization) return undefined
  const own = stored.filter((one) => one.organization_id === organization.id)
  if (wanted.name !== undefined) return own.find(({ name }) => name === wanted.name)
  return own.find((one) => one.connection_type === wanted.connection_type)
}

function nameOf({ name, connection_type: type }: SeedConnection): string {
  return name ?? type
}

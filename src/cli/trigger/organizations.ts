import type { Recipes } from './recipe.ts'
import type { Sandbox } from './sandbox.ts'

export async function makeOrganization(sandbox: Sandbox, more: object = {}): Promise<string> {
  return (await sandbox.post('/organizations', { name: `Triggered ${sandbox.tag}`, ...more })).body.id
}

/** Nobody can own a name below `example.com`. */
export function domainOf({ tag }: Sandbox): string {
  return `${tag}.example.com`
}

const claim = (sandbox: Sandbox, state: 'pending' | 'verified') => ({
  domain_data: [{ domain: domainOf(sandbox), state }],
})

async function makePermission(sandbox: Sandbox): Promise<string> {
  const slug = `triggered:${sandbox.tag}`
  await sandbox.post('/authorization/permissions', { slug, name: 'Triggered' })
  return `/authorization/permissions/${slug}`
}

async function makeRole(sandbox: Sandbox): Promise<string> {
  const slug = `triggered-${sandbox.tag}`
  await sandbox.post('/authorization/roles', { slug, name: 'Triggered' })
  return `/authorization/roles/${slug}`
}

async function makeOrganizationRole(sandbox: Sandbox): Promise<string> {
  const roles = `/authorization/organizations/${await makeOrganization(sandbox)}/roles`
  const { body } = await sandbox.post(roles, { name: 'Triggered' })
  return `${roles}/${body.slug}`
}

const renamed = { name: 'Triggered again' }

export const organizationRecipes = {
  'organization.created': (sandbox) => makeOrganization(sandbox),
  'organization.updated': async (sandbox) => sandbox.put(`/organizations/${await makeOrganization(sandbox)}`, renamed),
  'organization.deleted': async (sandbox) => sandbox.delete(`/organizations/${await makeOrganization(sandbox)}`),
  'organization_domain.created': (sandbox) => makeOrganization(sandbox, claim(sandbox, 'pending')),
  'organization_domain.deleted': async (sandbox) =>
    sandbox.put(`/organizations/${await makeOrganization(sandbox, claim(sandbox, 'pending'))}`, { domain_data: [] }),
  'organization_domain.verified': async (sandbox) =>
    sandbox.put(
      `/organizations/${await makeOrganization(sandbox, claim(sandbox, 'pending'))}`,
      claim(sandbox, 'verified'),
    ),
  // Two want it, and one of them has it.
  'organization_domain.verification_failed': async (sandbox) => {
    await makeOrganization(sandbox, claim(sandbox, 'pending'))
    await makeOrganization(sandbox, claim(sandbox, 'verified'))
  },
  'permission.created': makePermission,
  'permission.updated': async (sandbox) => sandbox.patch(await makePermission(sandbox), renamed),
  'permission.deleted': async (sandbox) => sandbox.delete(await makePermission(sandbox)),
  'role.created': makeRole,
  'role.updated': async (sandbox) => sandbox.patch(await makeRole(sandbox), renamed),
  'role.deleted': async (sandbox) => sandbox.delete(await makeRole(sandbox)),
  'organization_role.created': makeOrganizationRole,
  'organization_role.updated': async (sandbox) => sandbox.patch(await makeOrganizationRole(sandbox), renamed),
  'organization_role.deleted': async (sandbox) => sandbox.delete(await makeOrganizationRole(sandbox)),
  'alert.firing': (sandbox) => fireAlert(sandbox, 3600),
  'alert.recovered': (sandbox) => fireAlert(sandbox, 1),
} as const satisfies Recipes

/** A rule that fires at once; it recovers when nothing happened for its window. */
async function fireAlert(sandbox: Sandbox, windowSeconds: number): Promise<void> {
  const organization = await makeOrganization(sandbox)
  await sandbox.post('/alert_rules', {
    name: `Triggered ${sandbox.tag}`,
    events: ['organization.updated'],
    organization_id: organization,
    threshold: 1,
    window_seconds: windowSeconds,
  })
  await sandbox.put(`/organizations/${organization}`, renamed)
}

import { makeOrganization } from './organizations.ts'
import type { Recipes } from './recipe.ts'
import type { Sandbox } from './sandbox.ts'

interface Directory {
  readonly id: string
  readonly endpoint: string
  readonly bearer_token: string
}

const core = 'urn:ietf:params:scim:schemas:core:2.0'

async function makeDirectory(sandbox: Sandbox): Promise<Directory> {
  const { body } = await sandbox.post('/directories', {
    organization_id: await makeOrganization(sandbox),
    type: 'generic scim v2.0',
    name: 'Triggered',
  })
  return body as Directory // the contract's answer
}

/** Pushed, as the identity provider of the directory would. */
async function pushPerson(sandbox: Sandbox) {
  const directory = await makeDirectory(sandbox)
  const userName = `ada-${sandbox.tag}@example.com`
  const { body } = await sandbox.scim(directory, 'POST', '/Users', {
    schemas: [`${core}:User`],
    userName,
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
  })
  return { directory, person: String(body.id) }
}

async function pushGroup(sandbox: Sandbox) {
  const { directory, person } = await pushPerson(sandbox)
  const { body } = await sandbox.scim(directory, 'POST', '/Groups', {
    schemas: [`${core}:Group`],
    displayName: 'Analysts',
    members: [{ value: person }],
  })
  return { directory, person, group: String(body.id) }
}

const patch = (...operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
})

async function makeToken(sandbox: Sandbox): Promise<string> {
  const tokens = `/directories/${(await makeDirectory(sandbox)).id}/tokens`
  return `${tokens}/${(await sandbox.post(tokens)).body.id}`
}

export const directoryRecipes = {
  'dsync.activated': pushPerson,
  'dsync.deleted': async (sandbox) => {
    const { directory } = await pushPerson(sandbox)
    await sandbox.delete(`/directories/${directory.id}`)
  },
  'dsync.token.created': makeToken,
  'dsync.token.revoked': async (sandbox) => sandbox.delete(await makeToken(sandbox)),
  'dsync.user.created': pushPerson,
  'dsync.user.updated': async (sandbox) => {
    const { directory, person } = await pushPerson(sandbox)
    const change = patch({ op: 'replace', path: 'name.givenName', value: 'Augusta' })
    await sandbox.scim(directory, 'PATCH', `/Users/${person}`, change)
  },
  'dsync.user.deleted': async (sandbox) => {
    const { directory, person } = await pushPerson(sandbox)
    await sandbox.scim(directory, 'DELETE', `/Users/${person}`)
  },
  'dsync.group.created': pushGroup,
  'dsync.group.updated': async (sandbox) => {
    const { directory, group } = await pushGroup(sandbox)
    const change = patch({ op: 'replace', path: 'displayName', value: 'Engineers' })
    await sandbox.scim(directory, 'PATCH', `/Groups/${group}`, change)
  },
  'dsync.group.deleted': async (sandbox) => {
    const { directory, group } = await pushGroup(sandbox)
    await sandbox.scim(directory, 'DELETE', `/Groups/${group}`)
  },
  'dsync.group.user_added': pushGroup,
  'dsync.group.user_removed': async (sandbox) => {
    const { directory, group, person } = await pushGroup(sandbox)
    const change = patch({ op: 'remove', path: `members[value eq "${person}"]` })
    await sandbox.scim(directory, 'PATCH', `/Groups/${group}`, change)
  },
} as const satisfies Recipes

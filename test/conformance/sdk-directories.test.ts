import { WorkOS as WorkOS11 } from 'workos-11'
import { WorkOS as WorkOS7 } from 'workos-7'
import { WorkOS as WorkOS8 } from 'workos-8'
import { describe, expect, test } from 'vitest'
import { addGroup, addUser, createScimClient, dsyncEvents, patch, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const connect = {
  7: (key: string) => new WorkOS7(key, ours()),
  8: (key: string) => new WorkOS8(key, ours()),
  11: (key: string) => new WorkOS11(key, ours()),
} as const

function ours() {
  return { apiHostname: '127.0.0.1', port: server.port, https: false }
}

/** The part the three majors share; the methods used here take and give the same in each. */
type Sdk = Pick<WorkOS11, 'directorySync' | 'events'>

describe.each([7, 8, 11] as const)('SDK %i reads back what an identity provider pushed', (major) => {
  async function start(): Promise<{ client: ScimClient; sdk: Sdk }> {
    const client = await createScimClient(server)
    return { client, sdk: connect[major](client.environment.apiKey.value) as unknown as Sdk } // see above
  }

  test('people with their groups, groups with their people, and the directory', async () => {
    const { client, sdk } = await start()
    const { directorySync } = sdk
    const { id: directory, organization_id: organizationId } = client.directory
    const ann = await addUser(client, 'ann@acme.test', { externalId: '00uAnn' })
    const bob = await addUser(client, 'bob@acme.test')
    const group = await addGroup(client, 'Eng', ann, bob)
    await client.send('PATCH', `/Users/${bob}`, patch({ op: 'replace', value: { 'name.givenName': 'Bob' } }))

    const listed = await directorySync.listDirectories()
    expect(listed.data).toMatchObject([{ id: directory, organizationId, type: 'okta scim v2.0', state: 'active' }])
    expect(await directorySync.getDirectory(directory)).toMatchObject({ id: directory, name: 'Okta', state: 'active' })

    const people = (await directorySync.listUsers({ directory })).data
    expect(people.map(({ id }) => id).toSorted()).toEqual([ann, bob].toSorted())
    const shown = await directorySync.getUser(ann)
    expect(shown).toMatchObject({
      id: ann,
      directoryId: directory,
      organizationId,
      idpId: '00uAnn',
      email: 'ann@acme.test',
      firstName: 'Ann',
      lastName: 'Lee',
      state: 'active',
      groups: [{ id: group, name: 'Eng' }],
    })
    expect(people.find(({ id }) => id === ann)).toEqual(shown)
    expect((await directorySync.getUser(bob)).firstName).toBe('Bob')
    expect((await directorySync.listUsers({ group })).data.map(({ id }) => id).toSorted()).toEqual(
      [ann, bob].toSorted(),
    )

    const groups = (await directorySync.listGroups({ directory })).data
    expect(groups).toMatchObject([{ id: group, directoryId: directory, organizationId, idpId: 'Eng', name: 'Eng' }])
    expect((await directorySync.listGroups({ user: ann })).data).toEqual(groups)
    expect(await directorySync.getGroup(group)).toEqual(groups[0])

    await client.send('DELETE', `/Users/${ann}`)
    await expect(directorySync.getUser(ann)).rejects.toMatchObject({
      name: 'NotFoundException',
      code: 'entity_not_found',
    })
    expect(await directorySync.deleteDirectory(directory)).toBeUndefined()
    expect((await directorySync.listDirectories()).data).toEqual([])
  })

  test('pages of people, each once, and every event in order', async () => {
    const { client, sdk } = await start()
    const { id: directory } = client.directory
    const ids: string[] = []
    for (let n = 0; n < 12; n++) ids.push(await addUser(client, `user${n}@acme.test`))
    const { directorySync } = sdk
    const first = await directorySync.listUsers({ directory, limit: 5 })
    const second = await directorySync.listUsers({ directory, limit: 5, after: first.listMetadata.after ?? '' })
    const third = await directorySync.listUsers({ directory, limit: 5, after: second.listMetadata.after ?? '' })
    expect([first, second, third].map(({ data }) => data.length)).toEqual([5, 5, 2])
    expect(third.listMetadata.after).toBeNull()
    const all = await (await directorySync.listUsers({ directory })).autoPagination()
    expect([...first.data, ...second.data, ...third.data]).toEqual(all)
    expect(all.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())

    const group = await addGroup(client, 'Eng', ids[0] ?? '')
    await client.send('PATCH', `/Users/${ids[0]}`, patch({ op: 'replace', path: 'title', value: 'Lead' }))
    await client.send('DELETE', `/Groups/${group}`)
    await directorySync.deleteDirectory(directory)
    const names = dsyncEvents.split(',') as 'dsync.activated'[] // all of them are names of events
    const events: { event: string; data: unknown }[] = []
    let after: string | undefined
    do {
      const page = await sdk.events.listEvents({ events: names, limit: 7, ...(after && { after }) })
      events.push(...page.data)
      after = page.listMetadata.after ?? undefined
    } while (after)
    expect(events.map(({ event }) => event)).toEqual([
      'dsync.activated',
      ...ids.map(() => 'dsync.user.created'),
      'dsync.group.created',
      'dsync.group.user_added',
      'dsync.user.updated',
      'dsync.group.deleted',
      'dsync.deleted',
    ])
    expect(events[1]?.data).toMatchObject({ id: ids[0], directoryId: directory, email: 'user0@acme.test' })
    expect(events.at(-3)?.data).toMatchObject({ id: ids[0], previousAttributes: { job_title: null } })
  })
})

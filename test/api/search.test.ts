import { expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const many = 2500

/** More than a search looks through one by one, made at once: `Row 0001 even`, `Row 0002 odd` and so on. */
async function fill(environment: string): Promise<void> {
  await server.db.pool.query(
    `insert into organizations (environment_id, id, name, created_at, updated_at)
     select $1, 'org_' || lpad(n::text, 26, '0'), 'Row ' || lpad(n::text, 4, '0') || case n % 2 when 0 then ' even' else ' odd' end, now(), now()
     from generate_series(1, $2::int) n`,
    [environment, many],
  )
}

const names = (page: Page<Organization>) => page.data.map(({ name }) => name.slice(4, 8))

test('a search finds rows near and far, in each direction and from each cursor', async () => {
  const { api, id } = await server.environment()
  await fill(id)
  const search = async (query: string) => (await api<Page<Organization>>('GET', `/organizations?${query}`)).body
  expect(names(await search('search=row&limit=3'))).toEqual(['2500', '2499', '2498'])
  expect(names(await search('search=ODD&limit=3&order=asc'))).toEqual(['0001', '0003', '0005'])
  expect(names(await search('search=0007'))).toEqual(['0007'])
  expect(names(await search('search=2493&order=asc'))).toEqual(['2493'])
  // Some are near, the others far: the page is whole.
  expect(names(await search('search=99+o&limit=100'))).toHaveLength(25)
  expect(names(await search('search=99+o&limit=100&order=asc')).at(-1)).toBe('2499')

  const seen: string[] = []
  let after = ''
  do {
    const page = await search(`search=50+even&limit=4&order=desc${after}`)
    seen.push(...names(page))
    after = page.list_metadata.after ? `&after=${page.list_metadata.after}` : ''
  } while (after)
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => String(many - 50 - n * 100).padStart(4, '0')))
})

test('where the extension is there, a rare word is looked up in the index of names', async () => {
  const { id } = await server.environment()
  await fill(id)
  await server.db.pool.query('vacuum analyze organizations')
  const { rows } = await server.db.pool.query({
    text: `explain select id from organizations where environment_id = '${id}' and name ilike '%0007%'`,
    rowMode: 'array',
  })
  expect(rows.join('\n')).toContain('organizations_name_parts')
})

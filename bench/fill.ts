import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** How many events each organization has, and how many there are of the rare type, however large the log is. */
export const eventsPerOrganization = 100
export const rareEvents = 40
export const commonType = 'organization.updated'
export const rareType = 'connection.activated'

/** The id of the nth organization or event, in the order of their numbers. */
export function organizationId(number: number): string {
  return `org_01K${String(number).padStart(23, '0')}`
}
export function eventId(number: number): string {
  return `event_01K${String(number).padStart(23, '0')}`
}

/** When the nth event of so many happened: they lie a second apart and end in the past. */
export function eventTime(number: number, rows: number): Date {
  return new Date(Date.now() - 86_400_000 - (rows - number) * 1000)
}

/** Puts rows into an environment as if they had been written through the API: organizations with a domain each, events. */
export async function fill(databaseUrl: string, environment: string, rows: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  try {
    await pool.query(
      `insert into organizations (environment_id, id, name, external_id, created_at, updated_at)
       select $1, 'org_01K' || lpad(n::text, 23, '0'), 'Organization ' || lpad(n::text, 8, '0'), 'customer-' || n, now(), now()
       from generate_series(1, $2::int) as n`,
      [environment, rows],
    )
    await pool.query(
      `insert into organization_domains (environment_id, id, organization_id, domain, state, verification_strategy,
         created_at, updated_at)
       select $1, 'org_domain_01K' || lpad(n::text, 23, '0'), 'org_01K' || lpad(n::text, 23, '0'),
         'customer-' || lpad(n::text, 8, '0') || '.example', 'verified', 'manual', now(), now()
       from generate_series(1, $2::int) as n`,
      [environment, rows],
    )
    await pool.query(
      `insert into events (environment_id, id, type, organization_id, body, created_at)
       select $1, id, type, organization, '{"object":"event","id":"' || id || '","event":"' || type
         || '","data":{"object":"organization","id":"' || organization || '","name":"Organization ' || n
         || '","domains":[{"object":"organization_domain","id":"org_domain_01K' || lpad(n::text, 23, '0')
         || '","organization_id":"' || organization || '","domain":"customer.example","state":"verified",'
         || '"verification_strategy":"manual","created_at":"2026-01-01T00:00:00.000Z",'
         || '"updated_at":"2026-01-01T00:00:00.000Z"}],"external_id":null,"metadata":{},'
         || '"created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"},'
         || '"created_at":"2026-01-01T00:00:00.000Z"}', $6::timestamptz - ($2::int - n) * interval '1 second'
       from (select n, 'event_01K' || lpad(n::text, 23, '0') as id,
         case when n % ($2::int / ${rareEvents}) = 0 then $4 else $3 end as type,
         'org_01K' || lpad((1 + n % ($2::int / $5::int))::text, 23, '0') as organization
         from generate_series(1, $2::int) as n) as numbered
       order by n`,
      [environment, rows, commonType, rareType, eventsPerOrganization, eventTime(rows, rows)],
    )
    await pool.query(
      `insert into event_log (environment_id, position, seq, type, organization_id, created_at)
       select environment_id, row_number() over (order by seq), seq, type, organization_id, created_at
       from events where environment_id = $1`,
      [environment],
    )
    await pool.query('update event_log_state set position = $1', [rows])
    await pool.query('vacuum analyze')
    await pool.query('checkpoint')
  } finally {
    await pool.end()
  }
  // What vacuum and checkpoint left to the disk should not be measured.
  await sleep(500)
}

import type { Database } from '#db/database.ts'
import type { Schema } from '#db/schema.gen.ts'
import type { Secrets } from '#protocols/envelope.ts'

type SealedColumn = {
  [Table in keyof Schema]: `${Table}.${Extract<keyof Schema[Table], `sealed_${string}`>}`
}[keyof Schema]

/** Every column that holds sealed values and the column that identifies its rows; a new one does not compile until it is here. */
const sealedColumns: Record<SealedColumn, Place> = {
  'signing_keys.sealed_private_key': { table: 'signing_keys', column: 'sealed_private_key', id: 'id' },
  'log_streams.sealed_credentials': { table: 'log_streams', column: 'sealed_credentials', id: 'id' },
  'dashboard_users.sealed_totp_secret': { table: 'dashboard_users', column: 'sealed_totp_secret', id: 'id' },
  'authentication_factors.sealed_secret': { table: 'authentication_factors', column: 'sealed_secret', id: 'id' },
  'invitations.sealed_token': { table: 'invitations', column: 'sealed_token', id: 'id' },
  'oauth_providers.sealed_client_secret': { table: 'oauth_providers', column: 'sealed_client_secret', id: 'id' },
  'connection_oidc_clients.sealed_client_secret': {
    table: 'connection_oidc_clients',
    column: 'sealed_client_secret',
    id: 'connection_id',
  },
  'refused_responses.sealed_response': { table: 'refused_responses', column: 'sealed_response', id: 'session_id' },
  'webhook_secrets.sealed_secret': { table: 'webhook_secrets', column: 'sealed_secret', id: 'id' },
}

const batchSize = 100

/** What a value is sealed for: it opens in its own column and row, and nowhere else. */
export function sealContext(column: SealedColumn, id: string): string {
  return `${column}:${id}`
}

/**
 * Opens one value of every key that sealed anything, so that a wrong key shows at the start and not at a sign-in.
 * @throws SealBroken when one does not open.
 */
export async function checkSealed(db: Database, secrets: Secrets): Promise<void> {
  for (const [name, { table, column, id }] of entries()) {
    const { rows } = await db.pool.query<{ id: string; sealed: string }>(
      `select distinct on (split_part(${column}, '.', 2)) ${id} as id, ${column} as sealed from ${table} where ${column} is not null`,
    )
    for (const row of rows) secrets.open(row.sealed, sealContext(name, row.id))
  }
}

/**
 * Seals everything again that an older key sealed. Servers may run meanwhile, as long as they have both keys; repeat
 * after an interruption. When it is done, nothing needs the older keys any more.
 * @returns how many values were sealed again.
 * @throws SealBroken when a value does not open; what was done before stays done.
 */
export async function resealAll(db: Database, secrets: Secrets): Promise<number> {
  let resealed = 0
  for (const [name, column] of entries()) resealed += await resealColumn(db, secrets, name, column)
  return resealed
}

interface Place {
  readonly table: string
  readonly column: string
  readonly id: string
}

function entries(): [SealedColumn, Place][] {
  return Object.entries(sealedColumns) as [SealedColumn, Place][] // Object.entries forgets the key type
}

async function resealColumn(
  db: Database,
  secrets: Secrets,
  name: SealedColumn,
  { table, column, id }: Place,
): Promise<number> {
  let resealed = 0
  let last = ''
  for (;;) {
    const { rows } = await db.pool.query<{ id: string; sealed: string }>(
      `select ${id} as id, ${column} as sealed from ${table} where ${id} > $1 and ${column} is not null order by ${id} limit $2`,
      [last, batchSize],
    )
    for (const row of rows) {
      if (secrets.isCurrent(row.sealed)) continue
      const context = sealContext(name, row.id)
      const sealed = secrets.seal(secrets.open(row.sealed, context), context)
      // Compared as well as found: whoever writes the value meanwhile writes it with the newest key already.
      const { rowCount } = await db.pool.query(
        `update ${table} set ${column} = $1 where ${id} = $2 and ${column} = $3`,
        [sealed, row.id, row.sealed],
      )
      resealed += rowCount ?? 0
    }
    last = rows.at(-1)?.id ?? ''
    if (rows.length < batchSize) return resealed
  }
}

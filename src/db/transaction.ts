import type pg from 'pg'

/**
 * Runs `act` in a transaction on a connection of the pool; what it throws undoes everything.
 * @param beginning `begin`, with what the transaction is told first.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  act: (client: pg.PoolClient) => Promise<T>,
  beginning = 'begin',
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(beginning)
    const result = await act(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    // A connection that cannot roll back must not be used again.
    client.release(broken)
  }
}

import pg from 'pg'

/**
 * One connection for look-ups that many requests make at the same time. Each is sent at once and answered in turn, so
 * that several travel together and wake the other side once, where a pool hands out a connection for each of them.
 * One that is slow holds up those behind it: for statements that read a few rows by an index, and nothing else. Writing
 * is refused by the server. Connects when it is first asked, and again after the connection was lost.
 */
export class Pipeline {
  readonly #config: pg.ClientConfig
  #client: Promise<pg.Client> | undefined
  #isClosed = false

  /** @param answerMs how long an answer may take: after it the connection is given up, with all that wait behind it. */
  constructor(config: pg.ClientConfig, answerMs: number) {
    this.#config = { ...config, query_timeout: answerMs, pipeline: true }
  }

  async query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig<unknown[]>): Promise<pg.QueryResult<Row>> {
    if (this.#isClosed) throw new Error('This connection was closed: nothing can be looked up any more.')
    const client = await (this.#client ??= this.#connect())
    return client.query<Row>(statement)
  }

  /** Waits for the answers that are still due. */
  async close(): Promise<void> {
    this.#isClosed = true
    const client = await this.#client?.catch(() => undefined)
    await client?.end()
  }

  #connect(): Promise<pg.Client> {
    const client = new pg.Client(this.#config)
    const connecting = client.connect().then(() => client)
    const forget = () => {
      if (this.#client === connecting) this.#client = undefined
    }
    // Whoever is being answered hears of a loss by their statement.
    client.on('error', forget).on('end', forget)
    connecting.catch(forget)
    return connecting
  }
}

import type pg from 'pg'

/** For the lean programs: gives events their position in the log as Gatehouse does, after a commit, one run at a time. */
export class Stamper {
  readonly #pool: pg.Pool
  #isBusy = false
  #isWoken = false

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  wake(): void {
    this.#isWoken = true
    if (!this.#isBusy) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    while (this.#isWoken) {
      this.#isWoken = false
      await this.#pool.query({ name: 'stamp', text: 'select stamp_events(false) as moved' })
    }
    this.#isBusy = false
  }
}

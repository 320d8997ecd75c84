import { CompiledQuery } from 'kysely'
import type { Work } from '#db/work.ts'
import type { Fact } from './classify.ts'

const hourMs = 60 * 60_000
const grains = { hour: hourMs, day: 24 * hourMs } as const

interface Cell extends Fact {
  readonly grain: keyof typeof grains
  readonly bucket: Date
  readonly organization: string
}

/** Counts of a batch, to be added to those of before in one statement. */
export class Counts {
  readonly #cells = new Map<string, { readonly cell: Cell; count: number }>()

  add(fact: Fact, organization: string | null, at: Date): void {
    for (const grain of ['hour', 'day'] as const) {
      const bucket = new Date(Math.floor(at.getTime() / grains[grain]) * grains[grain])
      const cell = { ...fact, grain, bucket, organization: organization ?? '' }
      const key = JSON.stringify([cell.metric, grain, bucket, cell.organization, cell.kind, cell.outcome, cell.reason])
      const known = this.#cells.get(key)
      if (known) known.count += 1
      else this.#cells.set(key, { cell, count: 1 })
    }
  }

  async store({ tx, environment }: Work): Promise<void> {
    if (this.#cells.size === 0) return
    const cells = [...this.#cells.values()]
    const column = <T>(of: (cell: Cell) => T) => cells.map(({ cell }) => of(cell))
    await tx.executeQuery(
      CompiledQuery.raw(addSql, [
        environment,
        column(({ metric }) => metric),
        column(({ grain }) => grain),
        column(({ bucket }) => bucket),
        column(({ organization }) => organization),
        column(({ kind }) => kind),
        column(({ outcome }) => outcome),
        column(({ reason }) => reason),
        cells.map(({ count }) => count),
      ]),
    )
  }
}

const addSql = `
  insert into insight_counts as kept (environment_id, metric, grain, bucket, organization, kind, outcome, reason, count)
  select $1, c.* from unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
    as c (metric, grain, bucket, organization, kind, outcome, reason, count)
  order by 2, 3, 4, 5, 6, 7, 8
  on conflict (environment_id, metric, grain, bucket, organization, kind, outcome, reason)
    do update set count = kept.count + excluded.count`

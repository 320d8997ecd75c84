import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'

type Writer = Database['kysely'] | Work['tx']

/** What is counted, and for whom: two parts, so that no name can be taken for another. */
type TallyName = readonly [what: string, whose: string]

/** A count that attempts are made under; see `tryUnder`. */
export interface Limit {
  readonly name: TallyName
  /** So many are counted within a window, whatever process they came to. */
  readonly most: number
  /** So many may be under way, whose outcome is not known yet. */
  readonly atOnce: number
}

/** What came of an attempt, or how long to wait before the next one. */
export type Tried<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'wait'; readonly seconds: number }

/** Which answers and errors were wrong ones, and are counted. */
export interface Judgement<T> {
  readonly answer?: (answer: T) => boolean
  readonly error?: (error: unknown) => boolean
}

/**
 * Tries something that may turn out to be a guess. It takes its place under each limit before, and says afterwards
 * whether it was wrong: many at the same moment, in however many processes, find no more places than there are. Where
 * nothing can be counted, nothing is tried.
 */
export async function tryUnder<T>(
  { db, clock }: { readonly db: Database; readonly clock: () => Date },
  limits: readonly Limit[],
  windowMs: number,
  act: () => Promise<T>,
  isWrong: Judgement<T>,
): Promise<Tried<T>> {
  const now = clock()
  const names = limits.map(({ name }) => hashName(name))
  const waitUntil = await hold(db.kysely, names, limits, windowMs, now)
  if (waitUntil) return { kind: 'wait', seconds: secondsUntil(waitUntil, now) }
  let counts = false
  try {
    const answer = await act()
    counts = isWrong.answer?.(answer) ?? false
    return { kind: 'answered', answer }
  } catch (error) {
    counts = isWrong.error?.(error) ?? false
    throw error
  } finally {
    await settle(db.kysely, names, new Date(now.getTime() + windowMs), counts)
  }
}

/** @returns until when to wait, if one of the limits is reached. */
async function hold(
  db: Writer,
  names: readonly Buffer[],
  limits: readonly Limit[],
  windowMs: number,
  now: Date,
): Promise<Date | null | undefined> {
  if (names.length === 0) return undefined
  const { rows } = await sql<{ waits_until: Date | null }>`
    select hold_tallies(${names}::bytea[], ${limits.map(({ most }) => most)}::integer[],
      ${limits.map(({ atOnce }) => atOnce)}::integer[], ${windowMs} * interval '1 millisecond', ${now}::timestamptz
    ) as waits_until`.execute(db)
  return rows[0]?.waits_until
}

/** @param before when the window in which the place was taken has ended at the latest: a later one owes nothing. */
async function settle(db: Writer, names: readonly Buffer[], before: Date, counts: boolean): Promise<void> {
  if (names.length === 0) return
  await sql`
    with mine as (
      select name from tallies where name = any (${names}::bytea[]) and ends_at <= ${before} order by name for update
    )
    update tallies t set held = greatest(t.held - 1, 0), spent = t.spent + ${counts ? 1 : 0}
    from mine where t.name = mine.name`.execute(db)
}

/**
 * Counts one of what is limited whatever comes of it. In a transaction it is counted with what else that does, or not at
 * all.
 * @returns until when to wait, if there were so many.
 */
export async function spend(
  db: Writer,
  { name, most }: Pick<Limit, 'name' | 'most'>,
  windowMs: number,
  now: Date,
): Promise<Date | undefined> {
  const hash = hashName(name)
  const ends = new Date(now.getTime() + windowMs)
  const { rows } = await sql`
    insert into tallies as t (name, spent, held, ends_at) values (${hash}, 1, 0, ${ends})
    on conflict (name) do update set
      spent = case when t.ends_at <= ${now} then 1 else t.spent + 1 end,
      ends_at = case when t.ends_at <= ${now} then excluded.ends_at else t.ends_at end
    where t.ends_at <= ${now} or t.spent < ${most}
    returning t.spent`.execute(db)
  if (rows.length > 0) return undefined
  const full = await sql<{ ends_at: Date }>`select ends_at from tallies where name = ${hash}`.execute(db)
  return full.rows[0]?.ends_at ?? ends
}

/** What people are told, who wait in whole seconds. */
export function secondsUntil(waitUntil: Date, now: Date): number {
  return Math.max(1, Math.ceil((waitUntil.getTime() - now.getTime()) / 1000))
}

/** Addresses of people are not kept in the clear for this. */
function hashName([what, whose]: TallyName): Buffer {
  return createHash('sha256').update(`${what}\n${whose}`).digest()
}

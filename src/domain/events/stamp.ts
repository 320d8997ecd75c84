import { type Database, prepared } from '#db/database.ts'

/** How many events one call of stamp_events moves at most. */
export const stampBatch = 1000

const stampWaiting = prepared<[], { moved: number }>('stamp-events', 'select stamp_events(true) as moved')
const stampIfFree = prepared<[], { moved: number }>('stamp-events-if-free', 'select stamp_events(false) as moved')

/** Gives every event committed so far its position: a reader that calls this first sees its own writes. */
export async function stampEvents(db: Database): Promise<void> {
  while ((await stampWaiting(db.pool))[0]?.moved === stampBatch);
}

/** The same for the background: yields at once when somebody else is at it. Returns whether anything moved. */
export async function stampEventsIfFree(db: Database): Promise<boolean> {
  let moved = 0
  let any = false
  do {
    moved = (await stampIfFree(db.pool))[0]?.moved ?? 0
    any ||= moved > 0
  } while (moved === stampBatch)
  return any
}

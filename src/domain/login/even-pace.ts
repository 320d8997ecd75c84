import { setTimeout } from 'node:timers/promises'

/** Above what the work takes on any machine that is not overloaded, below what people notice after pressing a button. */
export const paceMs = 250

/**
 * Answers at the next full beat, however long the work took: how long it takes depends on whether somebody has an
 * address, which strangers are not to learn. A failure waits, too.
 */
export async function atEvenPace<T>(act: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await act()
  } finally {
    await setTimeout(paceMs - ((performance.now() - start) % paceMs))
  }
}

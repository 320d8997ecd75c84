import { setTimeout } from 'node:timers/promises'

/** Above what the work takes on any machine that is not overloaded, below what people notice after pressing a button. */
export const paceMs = 250

/**
 * Answers at the next full beat, however long the work took: how long it takes depends on whether somebody has an
 * address, which strangers are not to learn. A failure waits, too.
 * @param mustWait which answers have to wait; all of them, unless some are only for whoever is who they say.
 */
export async function atEvenPace<T>(act: () => Promise<T>, mustWait: (answer: T) => boolean = () => true): Promise<T> {
  const start = performance.now()
  let waits = true
  try {
    const answer = await act()
    waits = mustWait(answer)
    return answer
  } finally {
    if (waits) await setTimeout(paceMs - ((performance.now() - start) % paceMs))
  }
}

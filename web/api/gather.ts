/** What is told one by one and looked at together. */
interface Gathering {
  add(names: readonly string[]): void
  stop(): void
}

/**
 * Looks at everything that was added within `gatherMs` at once, and at one gathering after the other: a look that begins
 * ends the one before it, so that without the wait a busy log and a slow connection would show nothing new at all.
 */
export function gather(look: (names: readonly string[]) => Promise<unknown>, gatherMs: number): Gathering {
  const names = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLooking = false
  let isStopped = false
  const wait = () => {
    if (isLooking || isStopped || names.size === 0) return
    timer ??= setTimeout(() => void flush(), gatherMs)
  }
  const flush = async () => {
    timer = undefined
    const gathered = [...names]
    names.clear()
    isLooking = true
    try {
      await look(gathered)
    } finally {
      isLooking = false
      wait()
    }
  }
  return {
    add(more) {
      for (const name of more) names.add(name)
      wait()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

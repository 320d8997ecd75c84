/** Something done again and again in the background. */
export interface Task {
  readonly name: string
  /** How long to wait after a run. A wake-up cuts the wait short; polling is the truth. */
  readonly everyMs: number
  /** A wake-up waits until this long after the last run began: changes that come thick and fast share a run. */
  readonly restMs?: number
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** One loop a task: a task never overlaps itself, and a failing one is tried again without touching the others. */
export class Runner {
  readonly #tasks: readonly Task[]
  readonly #onError: (task: string, error: unknown) => void
  readonly #stopping = new AbortController()
  readonly #wakers = new Map<string, () => void>()
  readonly #woken = new Set<string>()
  #loops: Promise<void>[] = []

  constructor(tasks: readonly Task[], onError: (task: string, error: unknown) => void) {
    this.#tasks = tasks
    this.#onError = onError
  }

  start(): void {
    this.#loops = this.#tasks.map((task) => this.#loop(task))
  }

  /** Runs the task soon, and once more when it is running now: what it is told about may have come too late for this run. */
  wake(name: string): void {
    this.#woken.add(name)
    this.#wakers.get(name)?.()
  }

  /** Resolves when every running task has come to its end. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const wake of this.#wakers.values()) wake()
    await Promise.all(this.#loops)
  }

  async #loop(task: Task): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const rested = performance.now() + (task.restMs ?? 0)
      this.#woken.delete(task.name)
      try {
        await task.run(signal)
      } catch (error) {
        if (!signal.aborted) this.#onError(task.name, error)
      }
      if (!signal.aborted && !this.#woken.has(task.name)) await this.#sleep(task, task.everyMs, 'until woken')
      const left = rested - performance.now()
      if (!signal.aborted && left > 0) await this.#sleep(task, left, 'through')
    }
  }

  /** Ends early when we stop. */
  #sleep(task: Task, milliseconds: number, how: 'until woken' | 'through'): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wakers.set(task.name, () => {
        if (how === 'through' && !this.#stopping.signal.aborted) return
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

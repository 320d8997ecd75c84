import type { Terminal } from './terminal.ts'

const nameWidth = 14
const detailWidth = 52

/** What a step came to: what to say about it, and for the next. */
export type Said<T> = Promise<{ readonly detail: string; readonly value: T }>

/** Says what was done, step by step, and how long each took. */
export class Steps {
  readonly #terminal: Terminal
  readonly #silent: boolean
  readonly #stop: AbortSignal

  /** @param stop ends the sequence before its next step. */
  constructor(terminal: Terminal, silent: boolean, stop: AbortSignal) {
    this.#terminal = terminal
    this.#silent = silent
    this.#stop = stop
  }

  /**
   * @param work returns what to say about its result, beside the value.
   * @param slow says, while it runs, why this one takes a while.
   */
  async run<T>(name: string, work: () => Said<T>, slow?: string): Promise<T> {
    this.#stop.throwIfAborted()
    const started = performance.now()
    if (slow !== undefined) this.#announce(name, slow)
    const { detail, value } = await work().finally(() => {
      if (slow !== undefined && !this.#silent) this.#terminal.clearLine()
    })
    this.#say('green', this.#terminal.symbol('✓', 'ok'), name, detail, performance.now() - started)
    return value
  }

  /** Something that did not work and is not needed. */
  warn(name: string, detail: string): void {
    this.#say('yellow', this.#terminal.symbol('!', '!!'), name, detail)
  }

  #announce(name: string, slow: string): void {
    if (this.#silent) return
    const line = `  ${this.#terminal.symbol('…', '..').padEnd(2)} ${name.padEnd(nameWidth)} ${slow}`
    if (this.#terminal.interactive) this.#terminal.progress(line)
    else this.#terminal.line(line)
  }

  #say(color: 'green' | 'yellow', symbol: string, name: string, detail: string, ms?: number): void {
    if (this.#silent) return
    const time = ms === undefined ? '' : this.#terminal.style('dim', `${(ms / 1000).toFixed(1)} s`)
    const mark = this.#terminal.style(color, symbol.padEnd(2))
    this.#terminal.line(`  ${mark} ${name.padEnd(nameWidth)} ${detail.padEnd(detailWidth)} ${time}`.trimEnd())
  }
}

import { styleText } from 'node:util'
import { wantsColor } from '../config.ts'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'

/** Where people read: colour and symbols on a terminal, plain ASCII anywhere else. */
export class Terminal {
  readonly #out: NodeJS.WriteStream
  readonly #error: NodeJS.WriteStream
  readonly #color: boolean
  /** Whether somebody may be looking, who can be shown progress and asked questions. */
  readonly interactive: boolean

  constructor(out: NodeJS.WriteStream = process.stdout, error: NodeJS.WriteStream = process.stderr) {
    this.#out = out
    this.#error = error
    this.interactive = out.isTTY
    this.#color = out.isTTY && wantsColor()
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`)
  }

  problem(text: string): void {
    this.#error.write(`${text}\n`)
  }

  /** Shows a line until `clearLine`; only on a terminal. */
  progress(text: string): void {
    if (this.interactive) this.#out.write(text)
  }

  clearLine(): void {
    if (this.interactive) this.#out.write('\r\u001B[K')
  }

  style(style: Style, text: string): string {
    // The decision was made above, for our stream; styleText would make its own for another.
    return this.#color ? styleText(style, text, { validateStream: false }) : text
  }

  symbol(unicode: string, ascii: string): string {
    return this.interactive ? unicode : ascii
  }

  /** Columns as wide as their widest cell. */
  table(rows: readonly (readonly string[])[], indent = '  '): void {
    const widths = rows.reduce<number[]>(
      (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
      [],
    )
    for (const row of rows)
      this.line((indent + row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')).trimEnd())
  }
}

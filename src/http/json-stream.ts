import { Readable } from 'node:stream'

/** An answer that is JSON text made in pieces, because the whole may be large. What it holds is let go of at the end. */
export class JsonStream {
  readonly #pieces: AsyncGenerator<string>

  constructor(pieces: AsyncGenerator<string>) {
    this.#pieces = pieces
  }

  /** Makes the first piece, so that what goes wrong before it is still an error with a status. */
  async open(): Promise<Readable> {
    const pieces = this.#pieces
    let first: IteratorResult<string> | undefined = await pieces.next()
    return Readable.from({
      [Symbol.asyncIterator]: () => ({
        async next() {
          const piece = first ?? (await pieces.next())
          first = undefined
          return piece
        },
        // Also when the reader goes away: a generator left alone would keep its connection for ever.
        return: () => pieces.return(undefined),
      }),
    })
  }
}

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
    const first = await pieces.next()
    let next: Promise<IteratorResult<string>> | undefined = Promise.resolve(first)
    return new Readable({
      encoding: 'utf8',
      read() {
        const piece = next ?? pieces.next()
        next = undefined
        piece.then(
          ({ done, value }) => this.push(done ? null : value),
          (error: Error) => this.destroy(error),
        )
      },
      // Also when the reader goes away: a generator left alone would keep its connection for ever.
      destroy(error, done) {
        pieces.return(undefined).then(
          () => done(error),
          (failure: Error) => done(error ?? failure),
        )
      },
    })
  }
}

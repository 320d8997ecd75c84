/** The data folder cannot be used, or PostgreSQL does not start on it. */
export class EmbeddedFailed extends Error {
  override readonly name = 'EmbeddedFailed'
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export const exitCodes = {
  ok: 0,
  /** What was asked is wrong: a flag, a setting, a file, an id. */
  userError: 1,
  /** What is around us is wrong: an old Node, unreadable data, a database that is away. */
  environment: 2,
  portInUse: 3,
  folderInUse: 4,
} as const

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends a command with a sentence for people and a code for programs. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  /** Further lines, such as every problem of a file. */
  readonly details: readonly string[]

  constructor(exitCode: ExitCode, message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
    this.details = details
  }
}

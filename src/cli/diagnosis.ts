/** Every problem doctor knows, by the name that documentation and scripts use. */
type IssueCode =
  | 'NODE_TOO_OLD'
  | 'PORT_IN_USE'
  | 'BASE_URL_NOT_PUBLIC'
  | 'KEY_FILE_READABLE'
  | 'ENCRYPTION_KEY_INVALID'
  | 'DB_UNREACHABLE'
  | 'DB_TOO_OLD'
  | 'MIGRATION_PENDING'
  | 'ENCRYPTION_KEY_WRONG'
  | 'API_KEY_UNKNOWN'
  | 'CLIENT_ID_MISMATCH'
  | 'SDK_POINTS_TO_CLOUD'

export interface Issue {
  readonly code: IssueCode
  /** An error keeps something from working; a warning will, in some situation. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly fix: string
}

/** One group of facts, and what is wrong with them. */
export interface Diagnosis {
  readonly title: string
  readonly facts: Readonly<Record<string, string>>
  readonly issues: readonly Issue[]
}

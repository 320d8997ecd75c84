/** One kind of password hash. Functions of what they are given: salts are made elsewhere. */
export interface HashKind {
  /**
   * Brings a hash into the form that `verify` reads.
   * @returns undefined when it is no hash of this kind, or one so costly that checking it would be an attack.
   */
  read(text: string, saltPosition: 'prefix' | 'suffix' | undefined): string | undefined
  /** Whether the stored form is of this kind. */
  owns(stored: string): boolean
  /** @param stored what `read` answered. */
  verify(stored: string, password: string): Promise<boolean>
}

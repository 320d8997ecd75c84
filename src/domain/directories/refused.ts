import type { ScimError } from '#protocols/scim/errors.ts'

/** A request that SCIM refuses; undoes the work. The door sends the error as it is. */
export class ScimRefused extends Error {
  override readonly name = 'ScimRefused'
  readonly error: ScimError

  constructor(error: ScimError) {
    super(error.detail)
    this.error = error
  }
}

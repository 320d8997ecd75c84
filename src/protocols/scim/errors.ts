/** RFC 7644 §3.12, table 9, and RFC 9865 §2.1 for the cursor ones. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount'

export const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** A refusal, in the form it is sent. `status` is text on the wire (RFC 7644 §3.12); use `statusOf` for the response. */
export interface ScimError {
  readonly schemas: readonly [typeof errorUrn]
  readonly status: string
  readonly scimType?: ScimType
  readonly detail: string
}

/** @param detail a sentence for the administrator of the identity provider: what was found, wanted, and what to do. */
export function scimError(status: number, scimType: ScimType | undefined, detail: string): ScimError {
  return { schemas: [errorUrn], status: String(status), ...(scimType && { scimType }), detail }
}

export function statusOf(error: ScimError): number {
  return Number(error.status)
}

/** Shorthand for the 400s with a keyword, which is most of them. */
export function badRequest(scimType: ScimType, detail: string): ScimError {
  return scimError(400, scimType, detail)
}

/** A client's text in a sentence. Cut, so that an answer is not as long as a hostile question. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text)
}

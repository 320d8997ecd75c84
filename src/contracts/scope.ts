import * as Type from 'typebox'

/** RFC 6749 §3.3: one scope token. */
export const Scope = Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$', maxLength: 200 })

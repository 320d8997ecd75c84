/**
 * Stands in for typebox in the built dashboard: pages take from the contracts how to call an operation, and leave what
 * it accepts to the server. That is a fifth of the first load. What contracts use anew has to be named here, which the
 * build says.
 */
function leftOut(): { readonly properties: Readonly<Record<string, never>> } {
  return { properties: {} }
}

export {
  leftOut as Array,
  leftOut as Boolean,
  leftOut as Enum,
  leftOut as Integer,
  leftOut as Literal,
  leftOut as Null,
  leftOut as Number,
  leftOut as Object,
  leftOut as Omit,
  leftOut as Optional,
  leftOut as Partial,
  leftOut as Pick,
  leftOut as Record,
  leftOut as String,
  leftOut as Union,
  leftOut as Unknown,
  leftOut as Unsafe,
}

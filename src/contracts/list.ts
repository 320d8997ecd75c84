import * as Type from 'typebox'
import type { Static, TSchema } from 'typebox'

export const Order = Type.Enum(['asc', 'desc', 'normal'])

/** Paging parameters every list takes. Cursors are object ids, exclusive; any text is accepted as a cursor. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  before: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
  order: Type.Optional(Order),
}

export const PageQuery = Type.Object(pageQuery)
export type PageQuery = Static<typeof PageQuery>

export const ListMetadata = Type.Object({
  before: Type.Union([Type.String(), Type.Null()]),
  after: Type.Union([Type.String(), Type.Null()]),
})

/** The list envelope. `list_metadata.after` is null on the last page; SDK auto-paging stops on nothing else. */
export function List<T extends TSchema>(item: T) {
  return Type.Object({ object: Type.Literal('list'), data: Type.Array(item), list_metadata: ListMetadata })
}

export interface Page<T> {
  object: 'list'
  data: T[]
  list_metadata: { before: string | null; after: string | null }
}

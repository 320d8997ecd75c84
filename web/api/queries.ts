import {
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { AnyEndpoint, Output } from '#contracts/endpoint.ts'
import type { Page } from '#contracts/list.ts'
import { call, type CallInput } from './call.ts'
import { usePlace } from './environment.tsx'

interface ReadOptions {
  readonly enabled?: boolean
  /** For what no event tells of. */
  readonly refetchEveryMs?: number
}

/** Reads through an operation of the contract; shown again when an event or a change of ours concerns its tag. */
export function useRead<E extends AnyEndpoint>(
  endpoint: E,
  input: CallInput<E>,
  { enabled = true, refetchEveryMs }: ReadOptions = {},
): UseQueryResult<Output<E>> {
  const { apiOf, environment } = usePlace()
  return useQuery({
    queryKey: [environment.id, endpoint.tag, endpoint.operationId, input],
    queryFn: () => call(apiOf(endpoint), endpoint, input),
    enabled,
    ...(refetchEveryMs !== undefined && { refetchInterval: refetchEveryMs }),
  })
}

type ItemOf<E> = Output<E> extends { data: (infer Item)[] } ? Item : never

interface ItemsRead<Item> {
  readonly items: readonly Item[]
  readonly pages: number
}

/** What was read of a list, and how to read on. */
export interface ListRead<Item> {
  readonly query: UseInfiniteQueryResult<ItemsRead<Item>>
  readonly items: readonly Item[]
}

/** Several pages as one list. */
export function itemsOf<Item>(pages: readonly { readonly data: readonly Item[] }[]): ItemsRead<Item> {
  return { items: pages.flatMap(({ data }) => data), pages: pages.length }
}

/**
 * Reads the next page of a list. A list that is read again meanwhile, because an event says so, forgets the page that was
 * on its way, so that it is asked for until it is there.
 */
export async function readOn<Item>({ data, fetchNextPage }: ListRead<Item>['query']): Promise<void> {
  const before = data?.pages ?? 0
  for (;;) {
    // A reading that goes on is waited for: it was begun because something has changed.
    const { isSuccess, hasNextPage, data: read } = await fetchNextPage({ cancelRefetch: false })
    if (!isSuccess || !hasNextPage || read.pages > before) return
  }
}

/** Reads a list page by page. While other filters are looked up the old answer stays. */
export function useList<E extends AnyEndpoint>(
  endpoint: E,
  input: CallInput<E>,
  { enabled = true, refetchEveryMs }: ReadOptions = {},
): ListRead<ItemOf<E>> {
  const { apiOf, environment } = usePlace()
  const query = useInfiniteQuery({
    queryKey: [environment.id, endpoint.tag, endpoint.operationId, 'pages', input],
    queryFn: async ({ pageParam }) => {
      const { query: filters } = input as { query?: object } // lists have a query
      // Without an order the API has its cursors the other way round: nothing would ever come after the first page.
      const pageOf = { order: 'desc', ...filters, ...(pageParam !== undefined && { after: pageParam }) }
      const paged = { ...input, query: pageOf }
      return (await call(apiOf(endpoint), endpoint, paged as CallInput<E>)) as Page<ItemOf<E>> // every list is one
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.list_metadata.after ?? undefined,
    select: ({ pages }) => itemsOf(pages),
    placeholderData: keepPreviousData,
    enabled,
    ...(refetchEveryMs !== undefined && { refetchInterval: refetchEveryMs }),
  })
  return { query, items: query.data?.items ?? [] }
}

/** Changes through an operation of the contract. Whatever the page shows of this environment is read again after it. */
export function useChange<E extends AnyEndpoint>(endpoint: E): UseMutationResult<Output<E>, Error, CallInput<E>> {
  const { apiOf, environment } = usePlace()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: CallInput<E>) => call(apiOf(endpoint), endpoint, input),
    onSuccess: (_answer, input) => {
      const gone = endpoint.method === 'DELETE' ? idOf(endpoint, input) : undefined
      // Lists that were looked at before would show it for a moment, until they are read again.
      if (gone !== undefined) client.removeQueries({ queryKey: [environment.id], type: 'inactive' })
      return client.invalidateQueries({
        queryKey: [environment.id],
        // What was just deleted would be asked for once more while its page is still there.
        predicate: ({ queryKey }) => gone === undefined || !JSON.stringify(queryKey).includes(gone),
      })
    },
  })
}

/** A change of what the session tells, such as the names of environments. */
export function useSessionChange<E extends AnyEndpoint>(
  endpoint: E,
): UseMutationResult<Output<E>, Error, CallInput<E>> {
  const { apiOf } = usePlace()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: CallInput<E>) => call(apiOf(endpoint), endpoint, input),
    onSuccess: () => client.invalidateQueries(),
  })
}

/** Of the thing a path ends with: what it is a part of stays, and has to be read again. */
function idOf({ path }: AnyEndpoint, input: object): string | undefined {
  const name = /\{((?:\w+_)?id)\}$/.exec(path)?.[1]
  const { params } = input as { readonly params?: Readonly<Record<string, string>> } // calls of the contract have these parts
  return name === undefined ? undefined : params?.[name]
}

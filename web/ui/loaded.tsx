import type { UseQueryResult } from '@tanstack/react-query'
import { Box, Button, Callout, Flex, Heading, Skeleton, Text } from '@radix-ui/themes'
import { type ReactNode, useEffect, useState } from 'react'
import { Link } from 'react-router'
import { ApiError } from '../api/call.ts'
import { type ListRead, readOn } from '../api/queries.ts'
import { type Crumb, Page } from './page.tsx'
import { wordsOf } from './refusal.tsx'

interface Props<T> {
  readonly query: UseQueryResult<T>
  /** What is looked for, as in "There is no such connection here". */
  readonly noun: string
  /** The list it is in, where the thing read is a whole page: until it is there, the page says itself what it is. */
  readonly within?: Crumb
  readonly children: (data: T) => ReactNode
}

/** A reading in whichever state it is. What was read stays on the screen when it cannot be read again. */
export function Loaded<T>({ query, noun, within, children }: Props<T>) {
  if (query.error instanceof ApiError && query.error.status === 404)
    return within ? <AbsentPage noun={noun} within={within} /> : <Absent noun={noun} />
  if (query.data !== undefined)
    return (
      <>
        {query.isRefetchError && <Stale error={query.error} retry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    )
  const failed = query.error && <Failed error={query.error} noun={noun} retry={() => void query.refetch()} />
  if (!within) return failed ?? <Loading />
  return failed ? (
    <Page title={titleOf(noun)} within={[within]}>
      {failed}
    </Page>
  ) : (
    <LoadingPage noun={noun} />
  )
}

function titleOf(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1)
}

/** Not the title of the page one comes from. */
function LoadingPage({ noun }: { readonly noun: string }) {
  useEffect(() => {
    document.title = `${titleOf(noun)} – Gatehouse`
  }, [noun])
  return <Loading />
}

export function Loading() {
  return (
    <Flex direction="column" gap="3" className="late" aria-busy="true" role="status" aria-label="Loading">
      <Skeleton height="28px" width="40%" />
      <Skeleton height="96px" />
      <Skeleton height="96px" />
    </Flex>
  )
}

interface FailedProps {
  readonly error: Error
  readonly noun: string
  readonly retry: () => void
}

function Failed({ error, noun, retry }: FailedProps) {
  if (error instanceof ApiError && error.status === 404) return <Absent noun={noun} />
  const { text, reference } = wordsOf(error)
  return (
    <Callout.Root color="red" role="alert">
      <Callout.Text>
        The {noun} could not be read. {text}
        {reference !== null && ` Request ${reference}.`}
      </Callout.Text>
      <Box>
        <Button variant="surface" color="gray" onClick={retry}>
          Try again
        </Button>
      </Box>
    </Callout.Root>
  )
}

const where = 'It may have been deleted, or belong to another environment: switch with the menu at the top left.'

function AbsentPage({ noun, within }: { readonly noun: string; readonly within: Crumb }) {
  return (
    <Page title={`There is no such ${noun} here`} within={[within]}>
      <Text as="p" size="2">
        {where} Look in <Link to={within.to}>{within.text}</Link>, or press ⌘K and paste an id.
      </Text>
    </Page>
  )
}

function Absent({ noun }: { readonly noun: string }) {
  return (
    <Box py="6">
      <Heading as="h2" size="4" mb="2">
        There is no such {noun} here
      </Heading>
      <Text as="p" size="2">
        {where}
      </Text>
    </Box>
  )
}

function Stale({ error, retry }: { readonly error: Error | null; readonly retry: () => void }) {
  return (
    <Callout.Root color="amber" size="1" mb="3" role="status">
      <Callout.Text>
        What you see may be old. {error && wordsOf(error).text}{' '}
        <button type="button" className="link" onClick={retry}>
          Try again
        </button>
      </Callout.Text>
    </Callout.Root>
  )
}

interface ListProps<Item> {
  readonly list: ListRead<Item>
  readonly noun: string
  readonly empty: ReactNode
  readonly children: (items: readonly Item[]) => ReactNode
}

/** A list with its first reading, its emptiness and the way to more of it. */
export function LoadedList<Item>({ list, noun, empty, children }: ListProps<Item>) {
  const { query } = list
  if (query.data === undefined)
    return query.error ? <Failed error={query.error} noun={noun} retry={() => void query.refetch()} /> : <Loading />
  const stale = query.isRefetchError && <Stale error={query.error} retry={() => void query.refetch()} />
  if (list.items.length === 0)
    return (
      <>
        {stale}
        {empty}
      </>
    )
  return (
    <>
      {stale}
      {children(list.items)}
      {query.hasNextPage && <ShowMore list={list} />}
    </>
  )
}

function ShowMore<Item>({ list }: { readonly list: ListRead<Item> }) {
  const [isReading, setReading] = useState(false)
  async function read(): Promise<void> {
    setReading(true)
    await readOn(list.query)
    setReading(false)
  }
  return (
    <Flex justify="center" mt="3">
      <Button variant="soft" color="gray" loading={isReading} onClick={() => void read()}>
        Show more
      </Button>
    </Flex>
  )
}

import { AlertDialog, Button, Flex } from '@radix-ui/themes'
import { useQueryClient } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { readSession, signInUrl } from '../api/session.ts'

let ended = false
const listeners = new Set<() => void>()

function set(value: boolean): void {
  ended = value
  for (const listener of listeners) listener()
}

/** Somebody got 401 where there had been a session. */
export function sessionEnded(): void {
  if (!ended) set(true)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Signing in happens in another tab: what was typed on this page stays there. */
export function SessionExpired() {
  const isOver = useSyncExternalStore(subscribe, () => ended)
  const client = useQueryClient()
  const [still, setStill] = useState(false)
  if (!isOver || client.getQueryData(['session']) === undefined) return undefined
  async function goOn(): Promise<void> {
    try {
      client.setQueryData(['session'], await readSession())
      set(false)
      setStill(false)
      await client.invalidateQueries()
    } catch {
      setStill(true)
    }
  }
  return (
    <AlertDialog.Root open>
      <AlertDialog.Content maxWidth="440px">
        <AlertDialog.Title>Your session has ended</AlertDialog.Title>
        <AlertDialog.Description size="2">
          Sign in again in another tab, then go on here. What you typed is still there.
        </AlertDialog.Description>
        {still && (
          <p role="alert" className="small">
            You are not signed in yet.
          </p>
        )}
        <Flex gap="3" mt="4" justify="end">
          <Button variant="soft" color="gray" asChild>
            <a href={signInUrl('/dashboard')} target="_blank" rel="noreferrer">
              Sign in
            </a>
          </Button>
          <Button onClick={() => void goOn()}>Go on</Button>
        </Flex>
      </AlertDialog.Content>
    </AlertDialog.Root>
  )
}

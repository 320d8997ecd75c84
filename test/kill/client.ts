import { setTimeout as sleep } from 'node:timers/promises'

export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly text: string
}

/** What came back, or undefined when nobody answered or the server could not do it: then anything may have happened. */
export async function ask(url: string, options: RequestInit = {}): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', ...options })
    const text = await response.text()
    if (response.status >= 500) return undefined
    return { status: response.status, location: response.headers.get('location'), text }
  } catch (error) {
    // fetch says TypeError for every connection that broke.
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Asks the same until there is an answer. */
export async function insist(url: string, options: RequestInit, signal: AbortSignal): Promise<Answer | undefined> {
  while (!signal.aborted) {
    const answer = await ask(url, options)
    if (answer) return answer
    await sleep(20)
  }
  return undefined
}

export function expectStatus<T extends Answer>(answer: T, status: number): T {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`)
  return answer
}

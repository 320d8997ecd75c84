import { Callout } from '@radix-ui/themes'
import { ApiError } from '../api/call.ts'
import { say } from './toasts.tsx'

/** What the server says of one field, or nothing. */
export function refusalOf(error: Error | null, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  const found = error.errors.find((each) => each.field === field || each.field?.startsWith(`${field}.`))
  return found && (found.message ?? found.code)
}

/** What went wrong as a whole: what fields tell themselves is left to them. */
export function Refusal({ error, fields = [] }: { readonly error: Error | null; readonly fields?: readonly string[] }) {
  if (!error || fields.some((field) => refusalOf(error, field) !== undefined)) return undefined
  const { text, reference } = wordsOf(error)
  return (
    <Callout.Root color="red" role="alert" size="1">
      <Callout.Text>
        {text}
        {reference !== null && <span className="soft"> Request {reference}.</span>}
      </Callout.Text>
    </Callout.Root>
  )
}

/** For a change that has no form to show it in. */
export function sayRefusal(error: Error): void {
  say(wordsOf(error).text, 'bad')
}

/** The server's words, or what it means that there were none. */
export function wordsOf(error: Error): { readonly text: string; readonly reference: string | null } {
  if (!(error instanceof ApiError))
    return { text: 'The server did not answer. Look whether it runs, then try again.', reference: null }
  const details = error.errors
    .map(({ message, code }) => message ?? code)
    .filter((text) => !error.message.includes(text))
  return { text: [error.message, ...details].join(' '), reference: error.requestId }
}

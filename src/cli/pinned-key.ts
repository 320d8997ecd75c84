import { exitCodes, Failure } from './failure.ts'

/** @throws Failure for a key that clients could not send, or that looks like one for production. */
export function checkPinnedKey(key: string | undefined): void {
  if (key === undefined || /^sk_(?!live_)[A-Za-z0-9_-]{8,200}$/.test(key)) return
  throw new Failure(
    exitCodes.userError,
    'An API key for dev (api_key) starts with sk_ but not with sk_live_, and goes on with 8 to 200 letters, digits, - or _.',
  )
}

/** What was pasted, and the clock it is held against. */
interface Received {
  /** Of the `WorkOS-Signature` header: `t=<milliseconds>, v1=<hex>`. */
  readonly header: string
  readonly body: string
  readonly secret: string
  readonly now: number
}

export type Verdict =
  | { readonly ok: true; readonly ageSeconds: number }
  | { readonly ok: false; readonly reason: string }

/** SDKs refuse what is older. */
const toleranceSeconds = 180

/** Why a signature does not fit, most likely cause first. */
export async function judge({ header, body, secret, now }: Received): Promise<Verdict> {
  const time = /(?:^|[\s,])t=(\d+)/.exec(header)?.[1]
  const given = [...header.matchAll(/v1=([0-9a-f]+)/gi)].map((match) => match[1]?.toLowerCase())
  if (time === undefined)
    return no('The header has no t=. Paste all of WorkOS-Signature, such as t=1700000000000, v1=5257….')
  if (given.length === 0) return no('The header has no v1=. Paste all of WorkOS-Signature.')
  if (secret.trim() === '') return no('Paste the signing secret of the endpoint.')
  const ageSeconds = Math.round((now - Number(time)) / 1000)
  if (given.includes(await sign(secret.trim(), time, body)))
    return Math.abs(ageSeconds) > toleranceSeconds
      ? no(
          `Signature, body and secret fit, but it was signed ${Math.abs(ageSeconds)} seconds ${ageSeconds < 0 ? 'from now' : 'ago'} and SDKs accept ${toleranceSeconds}. Look at the clocks, or whether it waited somewhere.`,
        )
      : { ok: true, ageSeconds }
  return no(await explain({ time, given, body, secret: secret.trim() }))
}

interface Misfit {
  readonly time: string
  readonly given: readonly (string | undefined)[]
  readonly body: string
  readonly secret: string
}

async function explain({ time, given, body, secret }: Misfit): Promise<string> {
  const compact = compactOf(body)
  if (compact !== undefined && compact !== body && given.includes(await sign(secret, time, compact)))
    return 'The body was reformatted: it fits once it is compact JSON again. Verify the raw bytes, before anything parses them.'
  for (const variant of [body.trim(), `${body}\n`, body.replaceAll('\r\n', '\n')])
    if (variant !== body && given.includes(await sign(secret, time, variant)))
      return 'White space at the edges of the body differs from what was signed. Verify the raw bytes.'
  if (given.includes(await sign(secret, String(Math.floor(Number(time) / 1000)), body)))
    return 'It was signed over seconds, not milliseconds: this is no signature of ours.'
  if (compact === undefined)
    return 'The body is not JSON: some of it is missing, or it was changed on its way. Paste all of it.'
  return 'The secret is another one, or the body was changed. Was the secret rolled? During the overlap both fit, after it the new one alone.'
}

function compactOf(body: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return undefined
  }
}

async function sign(secret: string, time: string, body: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const key = await crypto.subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(`${time}.${body}`)))
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function no(reason: string): Verdict {
  return { ok: false, reason }
}

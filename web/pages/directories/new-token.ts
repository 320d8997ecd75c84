/**
 * The bearer token that was just made for a directory, until its page is left: the server cannot show it again, and an
 * address, a history or a storage would keep it for others.
 */
let kept: { readonly directory: string; readonly token: string } | undefined

export function keepToken(directory: string, token: string | null): void {
  kept = token === null ? undefined : { directory, token }
}

export function keptToken(directory: string): string | undefined {
  return kept?.directory === directory ? kept.token : undefined
}

export function forgetToken(): void {
  kept = undefined
}

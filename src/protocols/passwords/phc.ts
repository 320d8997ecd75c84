/** A hash in the form of the PHC string format: `$id[$v=version][$name=value,…]$salt$hash`. */
export interface PhcHash {
  readonly id: string
  readonly version: number | undefined
  readonly parameters: ReadonlyMap<string, string>
  readonly salt: Buffer
  readonly hash: Buffer
}

/**
 * Reads a PHC string, and what tools write that come close: Base64 may be padded, or of the URL alphabet.
 * @returns undefined for anything else.
 * @see https://github.com/P-H-C/phc-string-format
 */
export function readPhc(text: string): PhcHash | undefined {
  const [empty, id, ...rest] = text.split('$')
  if (empty !== '' || id === undefined || !/^[a-z0-9-]{1,32}$/.test(id)) return undefined
  const version = /^v=(\d{1,10})$/.exec(rest[0] ?? '')?.[1]
  const [last, middle, ...first] = (version === undefined ? rest : rest.slice(1)).toReversed()
  if (last === undefined || middle === undefined || first.length > 1) return undefined
  const parameters = readParameters(first[0])
  const [salt, hash] = [readBase64(middle), readBase64(last)]
  if (!parameters || !salt || !hash || hash.length === 0) return undefined
  return { id, version: version === undefined ? undefined : Number(version), parameters, salt, hash }
}

export function writePhc({ id, version, parameters, salt, hash }: PhcHash): string {
  const list = [...parameters].map(([name, value]) => `${name}=${value}`).join(',')
  const head = [id, version === undefined ? undefined : `v=${version}`, list === '' ? undefined : list]
  return ['', ...head.filter((part) => part !== undefined), writeBase64(salt), writeBase64(hash)].join('$')
}

/** @returns undefined for what is not Base64, of either alphabet, padded or not. */
export function readBase64(text: string): Buffer | undefined {
  return /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

function writeBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

function readParameters(text: string | undefined): Map<string, string> | undefined {
  const parameters = new Map<string, string>()
  if (text === undefined || text === '') return parameters
  for (const pair of text.split(',')) {
    const [, name, value] = /^([a-zA-Z0-9-]{1,32})=([a-zA-Z0-9/+.-]{1,64})$/.exec(pair) ?? []
    if (name === undefined || value === undefined || parameters.has(name)) return undefined
    parameters.set(name, value)
  }
  return parameters
}

/** A parameter that is a whole number within bounds; `otherwise` when it is not there. */
export function integer(
  parameters: ReadonlyMap<string, string>,
  names: readonly string[],
  { min, max, otherwise }: { readonly min: number; readonly max: number; readonly otherwise?: number },
): number | undefined {
  const text = names.map((name) => parameters.get(name)).find((value) => value !== undefined)
  if (text === undefined) return otherwise
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

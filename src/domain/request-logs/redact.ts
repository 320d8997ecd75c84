const hidden = '[hidden]'
const longestBody = 8 * 1024
const longestPath = 500

const secretName = /password|passwd|secret|token|credential/i

/** A body as text, without what is secret in it: by the name of a field, or by the path a PATCH operation names. */
export function shownBody(body: unknown): string | null {
  if (body === undefined || body === null) return null
  return storable(JSON.stringify(typeof body === 'string' ? parsed(body) : body, shorten(longestBody)), longestBody)
}

/** A path with its query; what a filter compares a secret with is a secret. */
export function shownPath(path: string): string {
  const mark = path.indexOf('?')
  const query = mark === -1 ? '' : path.slice(mark)
  return storable(secretName.test(query) ? `${path.slice(0, mark)}?${hidden}` : path, longestPath)
}

/** Leaves out what is sure to be cut off, so that showing a part of a long list does not cost what writing all of it does. */
function shorten(longest: number): (name: string, value: unknown) => unknown {
  let written = 0 // at least: names and marks are not counted
  return (name, value) => {
    if (written > longest) return undefined
    const kept = hideSecrets(name, value)
    written += typeof kept === 'string' ? kept.length : 1
    return kept
  }
}

function hideSecrets(name: string, value: unknown): unknown {
  if (secretName.test(name)) return hidden
  const isOperation = typeof value === 'object' && value !== null && 'path' in value && 'value' in value
  return isOperation && typeof value.path === 'string' && secretName.test(value.path)
    ? { ...value, value: hidden }
    : value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Cut short, and without what a column cannot hold. */
function storable(text: string, longest: number): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return short.replaceAll('\0', '').replaceAll('\\u0000', '').toWellFormed()
}

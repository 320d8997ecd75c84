/**
 * Templates of claims: JSON with `{{ path || other.path || 'text' }}` where values go. Outside of quotes a placeholder
 * becomes a JSON value, inside it becomes text. There are no loops, calls or conditions: nothing is evaluated.
 */
export interface JwtTemplate {
  readonly parts: readonly (string | Placeholder)[]
}

interface Placeholder {
  readonly inText: boolean
  readonly choices: readonly (Path | Constant)[]
}
interface Path {
  readonly path: readonly string[]
}
interface Constant {
  readonly value: string | number | boolean | null
}

export class JwtTemplateInvalid extends Error {
  override readonly name = 'JwtTemplateInvalid'
}

/** RFC 7519 §4.1 claims that say who vouches for whom until when: a template must not. */
const reserved = ['iss', 'sub', 'exp', 'iat', 'nbf', 'jti']
const maxDepth = 8
const maxPlaceholders = 100

/** @throws JwtTemplateInvalid saying what is wrong with it and where. */
export function parseJwtTemplate(source: string): JwtTemplate {
  const parts: (string | Placeholder)[] = []
  let inText = false
  let rest = source
  while (rest !== '') {
    const start = rest.indexOf('{{')
    const text = start === -1 ? rest : rest.slice(0, start)
    inText = endsInText(text, inText)
    parts.push(text)
    if (start === -1) break
    const end = rest.indexOf('}}', start)
    if (end === -1) throw new JwtTemplateInvalid(`"${rest.slice(start, start + 40)}" has no closing "}}".`)
    parts.push({ inText, choices: parseChoices(rest.slice(start + 2, end)) })
    rest = rest.slice(end + 2)
  }
  if (parts.length > 2 * maxPlaceholders)
    throw new JwtTemplateInvalid(`There are more than ${maxPlaceholders} placeholders.`)
  const template = { parts }
  const claims = renderJwtTemplate(template, {})
  const taken = Object.keys(claims).filter((name) => reserved.includes(name))
  if (taken.length > 0) throw new JwtTemplateInvalid(`The claim ${taken.join(', ')} is set by the server alone.`)
  return template
}

/**
 * @param values what paths lead into. A path that leads nowhere is null, and empty text between quotes.
 * @returns the claims; those that are null are left out.
 */
export function renderJwtTemplate(
  { parts }: JwtTemplate,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const text = parts.map((part) => (typeof part === 'string' ? part : fill(part, values))).join('')
  let claims: unknown
  try {
    claims = JSON.parse(text)
  } catch (error) {
    throw new JwtTemplateInvalid('The template is not a JSON object once its placeholders are filled.', {
      cause: error,
    })
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw new JwtTemplateInvalid('The template must be a JSON object.')
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null))
}

function endsInText(text: string, inText: boolean): boolean {
  let inside = inText
  for (let index = 0; index < text.length; index++) {
    if (inside && text[index] === '\\') index++
    else if (text[index] === '"') inside = !inside
  }
  return inside
}

function parseChoices(source: string): (Path | Constant)[] {
  return source.split('||').map((choice) => {
    const text = choice.trim()
    const quoted = /^'([^']*)'$/.exec(text) ?? /^"([^"\\]*)"$/.exec(text)
    if (quoted) return { value: quoted[1] ?? '' }
    if (/^-?\d{1,15}(?:\.\d{1,10})?$/.test(text)) return { value: Number(text) }
    if (text === 'true' || text === 'false') return { value: text === 'true' }
    if (text === 'null') return { value: null }
    if (!/^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/.test(text))
      throw new JwtTemplateInvalid(
        `"{{${source.slice(0, 60)}}}" is not a path such as user.email, a text in single quotes, or several with || between.`,
      )
    const path = text.split('.')
    if (path.length > maxDepth)
      throw new JwtTemplateInvalid(`"${text.slice(0, 60)}" is deeper than ${maxDepth} levels.`)
    return { path }
  })
}

function fill({ inText, choices }: Placeholder, values: Readonly<Record<string, unknown>>): string {
  let chosen: unknown = null
  for (const choice of choices) {
    chosen = 'path' in choice ? follow(values, choice.path) : choice.value
    if (chosen !== null && chosen !== undefined) break
  }
  if (!inText) return JSON.stringify(chosen ?? null)
  const text =
    typeof chosen === 'string' ? chosen : chosen === null || chosen === undefined ? '' : JSON.stringify(chosen)
  return JSON.stringify(text).slice(1, -1)
}

function follow(values: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let place: unknown = values
  for (const name of path) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return null
    place = (place as Record<string, unknown>)[name] // an object that has the name itself
  }
  return place
}

import { type Result, ok, refused } from '../result.ts'
import { badRequest, quote, type ScimError } from './errors.ts'
import { type Filter, FilterParser, filterLimits, printAttributePath, printFilter } from './filter.ts'
import type { JsonObject } from './json.ts'
import { Scanner, SyntaxFault } from './scanner.ts'
import type { AttributePath } from './schema.ts'

/** RFC 7644 figure 7: PATH = attrPath / valuePath [subAttr]. With a filter, `sub` stands behind the brackets. */
export interface PatchPath {
  readonly attribute: AttributePath
  readonly filter?: Filter
  readonly sub?: string
}

/** One operation of a PATCH, RFC 7644 §3.5.2, with its path parsed. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: PatchPath
  readonly value?: unknown
  /** What an element begins with that is made because the path's filter selects none. Without it that is noTarget. */
  readonly whenMissing?: JsonObject
}

/** @returns invalidPath with the position of what is wrong. */
export function parsePath(text: string): Result<PatchPath, ScimError> {
  if (text.length > filterLimits.length) {
    return refused(
      badRequest('invalidPath', `The path is ${text.length} characters long, more than ${filterLimits.length}.`),
    )
  }
  const scanner = new Scanner(text)
  try {
    scanner.skipBlanks()
    const path = readPath(scanner)
    if (!scanner.atEnd()) throw scanner.fault(`It should end here ${scanner.found()}.`)
    return ok(path)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    const detail = `The path ${quote(text)} cannot be used, see character ${error.position + 1}: ${error.message}`
    return refused(badRequest('invalidPath', detail))
  }
}

function readPath(scanner: Scanner): PatchPath {
  const attribute = scanner.attributePath()
  if (!scanner.take('[')) return { attribute }
  if (attribute.sub !== undefined) throw scanner.fault('A sub-attribute has no elements to select from.')
  const { filter } = new FilterParser(scanner, filterLimits).elements(attribute)
  if (!scanner.take('.')) return { attribute, filter }
  const start = scanner.position
  const { urn, name, sub } = scanner.attributePath()
  if (urn !== undefined || sub !== undefined) throw scanner.fault('A sub-attribute is expected.', start)
  return { attribute, filter, sub: name }
}

export function printPath({ attribute, filter, sub }: PatchPath): string {
  const selected = filter ? `[${printFilter(filter)}]` : ''
  return `${printAttributePath(attribute)}${selected}${sub === undefined ? '' : `.${sub}`}`
}

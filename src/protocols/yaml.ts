import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { ok, refused, type Result } from './result.ts'

export interface YamlProblem {
  /** 1-based. */
  readonly line: number
  readonly message: string
}

export interface YamlFile {
  readonly value: unknown
  /** The 1-based line where the key or item at this path stands; of its closest ancestor when there is none. */
  lineOf(path: readonly (string | number)[]): number
}

/** Reads YAML 1.2, and so JSON, keeping where everything stands: messages about a file should name the line. */
export function readYaml(text: string): Result<YamlFile, YamlProblem> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) return refused({ line: lines.linePos(error.pos[0]).line, message: firstSentence(error.message) })
  return ok({
    value: document.toJS() as unknown, // the package says any
    lineOf(path) {
      let offset = 0
      let node: unknown = document.contents
      for (const segment of path) {
        const step = child(isAlias(node) ? node.resolve(document) : node, segment)
        if (!step) break
        offset = step.offset
        node = step.value
      }
      return lines.linePos(offset).line
    },
  })
}

function child(node: unknown, segment: string | number): { offset: number; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
    return pair && { offset: startOf(pair.key), value: pair.value }
  }
  if (isSeq(node)) {
    const value = node.items[Number(segment)]
    return value === undefined ? undefined : { offset: startOf(value), value }
  }
  return undefined
}

function startOf(node: unknown): number {
  return (node as Node).range?.[0] ?? 0 // keys and items of a parsed document are nodes
}

function firstSentence(message: string): string {
  return message.split('\n', 1)[0] ?? message
}

import type { XmlElement } from '../xml/parse.ts'
import { attributeOf, elementsOf } from '../xml/read.ts'
import { assertionNamespace, protocolNamespace } from './names.ts'
import type { Rejection } from './rejection.ts'

/** An xs:NCName, as core §1.3.4 asks; bounded, because ids of used messages are stored and indexed. */
const identifier = /^[\p{L}_][\p{L}\p{N}\p{M}._·-]{0,255}$/u

/** Core §1.3.4: messages and assertions have an ID, and no ID stands twice, whatever its attribute is called. */
export function findIdProblem(root: XmlElement): Rejection | undefined {
  return findIn(root, new Set())
}

function findIn(element: XmlElement, seen: Set<string>): Rejection | undefined {
  if (needsId(element)) {
    const received = attributeOf(element, 'ID')
    if (received === null || !identifier.test(received))
      return { code: 'invalid_id', element: element.localName, received }
  }
  for (const { namespace, localName, value } of element.attributes) {
    if (namespace === null ? localName !== 'ID' && localName !== 'Id' : localName !== 'id') continue
    if (seen.has(value)) return { code: 'duplicate_id', received: value }
    seen.add(value)
  }
  for (const child of elementsOf(element)) {
    const problem = findIn(child, seen)
    if (problem !== undefined) return problem
  }
  return undefined
}

function needsId({ namespace, localName }: XmlElement): boolean {
  return (
    (namespace === protocolNamespace && localName === 'Response') ||
    (namespace === assertionNamespace && localName === 'Assertion')
  )
}

import { type Result, ok, refused } from '../result.ts'
import { badRequest, quote, scimError, type ScimError } from './errors.ts'
import { describeType, findJsonFault, isObject, spelledName } from './json.ts'
import { type RawOperation, requestRules, tolerateOperation } from './patch-tolerance.ts'
import { parsePath, type PatchOperation } from './path.ts'
import { type ResourceType, sameUrn } from './schema.ts'

export const patchOpUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** Operations in one PATCH; each attribute named in a value without a path counts. Lists of members do not. */
const operationLimit = 1_000

/**
 * Reads the body of a PATCH, RFC 7644 §3.5.2, in the dialect of whatever identity provider sent it. What comes out is
 * for applyPatch, or for planGroupPatch.
 *
 * @returns invalidSyntax for what is no PATCH, invalidPath for paths that cannot be parsed, 413 for too many operations.
 */
export function parsePatchRequest(body: unknown, type: ResourceType): Result<readonly PatchOperation[], ScimError> {
  const raw = readOperations(body)
  if (!raw.ok) return raw
  const written = requestRules.reduce<readonly RawOperation[]>(
    (operations, rule) => operations.flatMap((operation) => rule.apply(operation, type)),
    raw.value,
  )
  if (written.length > operationLimit) {
    return refused(scimError(413, undefined, `A PATCH may hold ${operationLimit} operations, not ${written.length}.`))
  }
  const operations: PatchOperation[] = []
  for (const each of written) {
    const operation = readOperation(each)
    if (!operation.ok) return operation
    const tolerated = tolerateOperation(operation.value, type)
    if (!tolerated.ok) return tolerated
    // Not push(...): a list of members can be longer than a call may have arguments.
    for (const one of tolerated.value) operations.push(one)
  }
  return ok(operations)
}

function readOperations(body: unknown): Result<readonly RawOperation[], ScimError> {
  if (!isObject(body)) return invalidSyntax(`The body must be a JSON object, not ${describeType(body)}.`)
  const fault = findJsonFault(body)
  if (fault) return invalidSyntax(fault)
  const get = (name: string) => body[spelledName(body, name) ?? name]
  const schemas = get('schemas')
  // Left out they are taken as read; anything else sent as a PATCH is something else.
  const isPatch =
    Array.isArray(schemas) && schemas.some((each) => typeof each === 'string' && sameUrn(each, patchOpUrn))
  if (schemas !== undefined && !isPatch) return invalidSyntax(`schemas must contain ${patchOpUrn}.`)
  const operations = get('Operations')
  const list: readonly unknown[] = Array.isArray(operations) ? operations : [operations]
  if (list.length === 0 || operations === undefined)
    return invalidSyntax('Operations must hold at least one operation.')
  const wrong = list.find((each) => !isObject(each))
  if (wrong !== undefined) return invalidSyntax(`An operation must be an object, not ${describeType(wrong)}.`)
  return ok(list as readonly RawOperation[]) // All are objects, and RawOperation says no more.
}

function readOperation({ op, path, value }: RawOperation): Result<PatchOperation, ScimError> {
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    const found = typeof op === 'string' ? quote(op) : op === undefined ? 'missing' : describeType(op)
    return invalidSyntax(`op must be add, replace or remove, and is ${found}.`)
  }
  if (op !== 'remove' && value === undefined)
    return refused(badRequest('invalidValue', `A value is required to ${op}.`))
  const given = value === undefined ? {} : { value }
  if (path === undefined) {
    if (op === 'remove') return refused(badRequest('noTarget', 'A remove operation needs a path.'))
    return refused(badRequest('invalidValue', `Without a path, ${op} needs an object with attributes.`))
  }
  if (typeof path !== 'string') return invalidSyntax(`path must be text, not ${describeType(path)}.`)
  const parsed = parsePath(path)
  return parsed.ok ? ok({ op, path: parsed.value, ...given }) : parsed
}

function invalidSyntax(detail: string): Result<never, ScimError> {
  return refused(badRequest('invalidSyntax', detail))
}

import { destination } from './destination.mjs'

const baseUrl = destination(process.env)
const seen = new WeakSet()

/** The SDK could not reach the server at all; `cause` is the SDK's own error. */
export class NothingListening extends TypeError {
  name = 'NothingListening'
}

/**
 * Makes every client the app builds call our host, unless the app names a host itself. Works on the class the app
 * loaded, in either of the SDK's two builds; calling it again on the same class changes nothing.
 *
 * @param {Function | undefined} WorkOS the class exported by `@workos-inc/node`
 * @throws {Error} when the class is not one we know: going on would send our API key to the vendor's cloud
 */
export function repoint(WorkOS) {
  const chain = prototypes(WorkOS)
  if (!chain.some((prototype) => Object.hasOwn(prototype, 'createHttpClient'))) {
    throw new Error(
      'gatehouse/register does not know this version of @workos-inc/node. ' +
        'Remove --import gatehouse/register and pass apiHostname, port and https to new WorkOS().',
    )
  }
  // The whole chain, because createWorkOS() of SDK 8 and later builds the parent of the exported class.
  for (const prototype of chain) {
    if (seen.has(prototype)) continue
    seen.add(prototype)
    if (Object.hasOwn(prototype, 'createHttpClient')) followBaseUrl(prototype)
    if (Object.hasOwn(prototype, 'handleHttpError')) explainRefusal(prototype)
  }
}

function prototypes(WorkOS) {
  const chain = []
  for (let p = WorkOS?.prototype; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) chain.push(p)
  return chain
}

/** The constructor calls this last, once `baseURL` stands; links and key sets read `baseURL` later, when asked. */
function followBaseUrl(prototype) {
  const create = prototype.createHttpClient
  prototype.createHttpClient = function (options, ...rest) {
    if (!options?.apiHostname) this.baseURL = baseUrl
    return create.call(this, options, ...rest)
  }
}

/** The SDK turns a refused connection into "TypeError: fetch failed", which names neither host nor remedy. */
function explainRefusal(prototype) {
  const handle = prototype.handleHttpError
  prototype.handleHttpError = function (failure) {
    if (this.baseURL === baseUrl && failure?.error?.cause?.code === 'ECONNREFUSED') {
      throw new NothingListening(`Nothing is listening on ${baseUrl} — run \`gatehouse dev\``, { cause: failure.error })
    }
    return handle.call(this, failure)
  }
}

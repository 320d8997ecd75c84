// Runs in the app's thread under registerHooks, in a thread of its own under register: it must touch nothing shared.
const repointUrl = JSON.stringify(new URL('./repoint.mjs', import.meta.url).href)
const sdk = new Set(['@workos-inc/node', '@workos-inc/node/worker'])

/** @param {string} specifier */
export function isSdk(specifier) {
  return sdk.has(specifier)
}

/**
 * Resolve hook: an `import` of the SDK gets a module that repoints the real one and then passes on all it exports.
 * No source text of the SDK is read or changed.
 */
export function resolve(specifier, context, nextResolve) {
  const result = nextResolve(specifier, context)
  if (!isSdk(specifier) || context.conditions.includes('require')) return result
  // Asynchronous under register (Node 20), synchronous under registerHooks.
  return result instanceof Promise ? result.then(wrap) : wrap(result)
}

function wrap({ url, format }) {
  const target = JSON.stringify(url)
  const esm = format === 'module' || url.endsWith('.mjs')
  const source = [
    `import * as sdk from ${target}`,
    `import { repoint } from ${repointUrl}`,
    `repoint(sdk.WorkOS)`,
    `export * from ${target}`,
    // A CommonJS build has a default export when imported; an ES build has none, and naming it would not link.
    ...(esm ? [] : [`export { default } from ${target}`]),
  ]
  return { url: `data:text/javascript,${encodeURIComponent(source.join('\n'))}`, format: 'module', shortCircuit: true }
}

// `node --import gatehouse/register server.js` sends an unmodified app written for @workos-inc/node to our host.
import Module from 'node:module'
import { repoint } from './repoint.mjs'
import { isSdk, resolve } from './resolve.mjs'

// CommonJS apps: require() ends here in every version of Node, and it hands over the copy this very app loads.
/* oxlint-disable eslint/no-underscore-dangle -- the name is Node's */
const load = Module._load
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest)
  if (isSdk(request)) repoint(loaded.WorkOS)
  return loaded
}

// ES modules. registerHooks came with Node 22.15; what older versions have instead is deprecated in newer ones.
if (Module.registerHooks) Module.registerHooks({ resolve })
else Module.register('./resolve.mjs', import.meta.url)

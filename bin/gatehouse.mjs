#!/usr/bin/env node
// Plain JavaScript for Node versions of long ago: what is too old to run Gatehouse must still be able to say so.
import { spawn, spawnSync } from 'child_process'
import { existsSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

// The first with Argon2 in its own cryptography.
const oldest = '24.7'
const environmentProblem = 2
// In MiB; docs/performance.md says why. A Node that runs already cannot be told any more.
const memory = ['--max-semi-space-size=16', '--max-old-space-size=1024']
const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')

if (isNewEnough(process.version)) runHere()
else runOnOwnNode()

function runHere() {
  // Imported, not required at the top: an old Node could not even read them.
  void import('module')
    // Half of what a start costs is compiling. Kept where nobody writes who could not change the program itself; where
    // that is not us, every start compiles.
    .then((nodeModule) => nodeModule.enableCompileCache(join(modules, '.cache', 'gatehouse')))
    .then(() => import('./built-server.mjs'))
    .then((built) => import(built.programEntry()))
    .then((cli) => cli.main(process.argv.slice(2)))
}

/** The package may bring its own Node; npm scripts find it by themselves, a direct call does not. */
function runOnOwnNode() {
  const own = process.platform === 'win32' ? join(modules, 'node', 'bin', 'node.exe') : join(modules, '.bin', 'node')
  // Once only: should the newer one turn out to be old as well, we would start ourselves for ever.
  const found =
    existsSync(own) && !process.env.GATEHOUSE_STARTED_BY_NODE
      ? spawnSync(own, ['--version'], { encoding: 'utf8' }).stdout
      : undefined
  if (!found || !isNewEnough(found)) {
    console.error(
      `Gatehouse needs Node ${oldest} or newer, and ${process.execPath} is ${process.version}. ` +
        'Install a newer Node, or run npm install here, which brings one.',
    )
    process.exit(environmentProblem)
  }
  const child = spawn(own, memory.concat(process.argv.slice(1)), {
    // The channel tells the child when we are gone: killed without warning, we cannot pass that on.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { GATEHOUSE_STARTED_BY_NODE: process.version }),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code === null ? 1 : code)
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

function isNewEnough(version) {
  const [major, minor] = version.replace('v', '').split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

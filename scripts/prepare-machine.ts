import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { findChromium } from '../test/support/chromium.ts'
import { findInstalledPostgres } from './installed-postgres.ts'

const clusterDefaults = '/etc/postgresql-common/createcluster.conf'

/** Installs the browser and the second PostgreSQL where that is ours to do: as root, on Debian and its like. */
export async function prepareMachine(): Promise<void> {
  const needsChromium = findChromium() === undefined
  const needsPostgres = (await findInstalledPostgres()) === undefined
  if (!needsChromium && !needsPostgres) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    if (needsChromium) console.log('Chromium is missing: install it, or set CHROMIUM to its program.')
    if (needsPostgres) console.log('PostgreSQL 15 or newer is missing: install it to test against it too.')
    return
  }
  aptGet('update')
  if (needsChromium) aptGet('install', 'chromium')
  if (needsPostgres) installPostgres()
}

/** Debian's package makes and starts a cluster of its own, which nobody asked for; this once it shall not. */
function installPostgres(): void {
  aptGet('install', 'postgresql-common')
  const before = existsSync(clusterDefaults) ? readFileSync(clusterDefaults) : undefined
  appendFileSync(clusterDefaults, '\ncreate_main_cluster = false\n')
  try {
    aptGet('install', 'postgresql')
  } finally {
    if (before !== undefined) writeFileSync(clusterDefaults, before)
  }
}

function aptGet(verb: 'update' | 'install', ...packages: string[]): void {
  console.log(`\n== apt-get ${verb} ${packages.join(' ')}`)
  const { status } = spawnSync('apt-get', [verb, '-qq', '-y', '--no-install-recommends', ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 10 * 60_000,
  })
  // What is missing shows in the step that needs it.
  if (status !== 0) console.error(`apt-get ${verb} ${packages.join(' ')} failed.`)
}

import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { findChromium } from '../test/support/chromium.ts'
import { findInstalledPostgres } from './installed-postgres.ts'

const clusterDefaults = '/etc/postgresql-common/createcluster.conf'

/** The other implementation of XML signatures that ours is held against; without it those tests are left out. */
const xmlsec1 = '/usr/bin/xmlsec1'

/** Installs what only tests need where that is ours to do: as root, on Debian and its like. */
export async function prepareMachine(): Promise<void> {
  const needsChromium = findChromium() === undefined
  const needsPostgres = (await findInstalledPostgres()) === undefined
  const needsXmlsec = !existsSync(xmlsec1)
  if (!needsChromium && !needsPostgres && !needsXmlsec) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    if (needsChromium) console.log('Chromium is missing: install it, or set CHROMIUM to its program.')
    if (needsPostgres) console.log('PostgreSQL 15 or newer is missing: install it to test against it too.')
    if (needsXmlsec) console.log('xmlsec1 is missing: install it to test signatures against it too.')
    return
  }
  aptGet('update')
  if (needsChromium) aptGet('install', 'chromium')
  if (needsXmlsec) aptGet('install', 'xmlsec1')
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

/**
 * `npm run bench [-- name… --quick | --full --profile folder]`: measures Gatehouse beside what it is held against. Numbers
 * are for people; no test depends on one.
 */
import { parseArgs } from 'node:util'
import { append } from './append.ts'
import { authkit } from './authkit.ts'
import { profileChildren } from './child.ts'
import { events } from './events.ts'
import { pages } from './pages.ts'
import { printReport, type Report, type Size } from './report.ts'
import { passwords, refresh } from './refresh.ts'
import { saml } from './saml.ts'
import { scim } from './scim.ts'
import { scimLoad } from './scim-load.ts'
import { signIn } from './sign-in.ts'
import { start } from './start.ts'
import { streams } from './streams.ts'
import { webhookBacklog } from './webhook-backlog.ts'
import { webhooks } from './webhooks.ts'

const benches: Readonly<Record<string, (size: Size) => Promise<Report>>> = {
  'sign-in': signIn,
  authkit,
  refresh,
  password: passwords,
  events,
  append,
  pages,
  saml,
  scim,
  'scim-load': scimLoad,
  start,
  streams,
  webhooks,
  'webhook-backlog': webhookBacklog,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    /** Where the processes of the bench leave their V8 profiles. */
    profile: { type: 'string' },
  },
})
profileChildren(values.profile)
const size = values.quick ? 'quick' : values.full ? 'full' : 'default'
const names = positionals.length > 0 ? positionals : Object.keys(benches)
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`There is no bench '${unknown.join(`', '`)}'. There are ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
for (const name of names) {
  const begin = performance.now()
  const report = await benches[name]?.(size)
  console.log(`\n${name} (${size}, ${((performance.now() - begin) / 1000).toFixed(0)} s)`)
  if (report) printReport(report)
}

import type { Ready } from './dev-summary.ts'
import { type KeyInput, type KeyProcess, listenForKeys } from './hot-keys.ts'
import { openBrowser } from './open-browser.ts'
import type { Terminal } from './terminal.ts'

/** What a key does, and the address it opens where it opens one. */
interface Action {
  readonly key: string
  readonly does: string
  readonly url?: string | undefined
}

export interface ConsoleOptions {
  readonly input: KeyInput
  readonly stop: () => void
  readonly open?: (url: string) => Promise<boolean>
  readonly own?: KeyProcess
}

/** The keys of whoever watches dev at a terminal; none where nobody can type. */
export function takeKeys(
  terminal: Terminal,
  ready: Pick<Ready, 'url' | 'exampleUrl'>,
  { input, stop, open = openBrowser, own = process }: ConsoleOptions,
): Disposable {
  const actions: readonly Action[] = [
    { key: 'o', does: 'open the dashboard', url: `${ready.url}/dashboard` },
    { key: 'm', does: 'open the mailbox', url: `${ready.url}/mailbox/` },
    { key: 'e', does: 'open the example app', url: ready.exampleUrl },
    { key: '?', does: 'show this help' },
    { key: 'q', does: 'quit' },
  ]
  const help = () => {
    for (const { key, does } of actions) terminal.line(`  ${terminal.style('bold', key)}  ${does}`)
  }
  const go = async ({ does, url }: Action) => {
    if (url === undefined) return terminal.line(`  Cannot ${does}: it is not running.`)
    terminal.line(`  ${url}`)
    if (!(await open(url))) terminal.line('  No browser could be opened from here. Open the address yourself.')
  }
  const byKey = Object.fromEntries(actions.map((action) => [action.key, () => void go(action)]))
  const keys = listenForKeys(input, { ...byKey, '?': help, q: stop }, stop, own)
  if (keys.listening)
    terminal.line(`  Press ${terminal.style('bold', '?')} for the keys, ${terminal.style('bold', 'q')} to stop.`)
  return keys
}

import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { takeKeys } from './dev-console.ts'
import { openBrowser, openerOf } from './open-browser.ts'
import { Terminal } from './terminal.ts'

/** A terminal with somebody at it, whose process and browser are ours. */
function sitDown({ isTTY = true, hasExample = true, opens = true } = {}) {
  const shown: string[] = []
  const opened: string[] = []
  const signals: (readonly [number, string])[] = []
  const state = { raw: false, reading: false, stops: 0 }
  const emitter = new EventEmitter()
  const input = Object.assign(emitter, {
    isTTY,
    setRawMode: (raw: boolean) => void (state.raw = raw),
    setEncoding: () => undefined,
    resume: () => void (state.reading = true),
    pause: () => void (state.reading = false),
  })
  const own = Object.assign(new EventEmitter(), {
    kill: (pid: number, signal: string) => void signals.push([pid, signal]),
  })
  const out = { isTTY: false, write: (text: string) => void shown.push(text) } as unknown as NodeJS.WriteStream // all of it that is used
  const keys = takeKeys(
    new Terminal(out),
    { url: 'http://localhost:4100', exampleUrl: hasExample ? 'http://localhost:3000' : undefined },
    {
      input,
      own,
      stop: () => void (state.stops += 1),
      open: async (url) => {
        opened.push(url)
        return opens
      },
    },
  )
  const press = (text: string) => void emitter.emit('data', text)
  return { keys, press, shown, opened, signals, state, own, input }
}

describe('keys', () => {
  test.each([
    ['o', 'http://localhost:4100/dashboard'],
    ['m', 'http://localhost:4100/mailbox/'],
    ['e', 'http://localhost:3000'],
  ])('%s opens %s', (key, url) => {
    const { press, opened } = sitDown()
    press(key)
    expect(opened).toEqual([url])
  })

  test('without an example app there is none to open', () => {
    const { press, opened, shown } = sitDown({ hasExample: false })
    press('e')
    expect(opened).toEqual([])
    expect(shown.at(-1)).toMatch(/not running/)
  })

  test('an address that no browser took is there to be copied', async () => {
    const { press, shown } = sitDown({ opens: false })
    press('o')
    await Promise.resolve()
    await Promise.resolve()
    expect(shown.join('')).toMatch(/http:\/\/localhost:4100\/dashboard\n.*Open the address yourself/)
  })

  test('? shows every key', () => {
    const { press, shown } = sitDown()
    press('?')
    for (const key of ['o', 'm', 'e', '?', 'q']) expect(shown.join('')).toContain(`  ${key}  `)
  })

  test.each([
    ['q', 'q'],
    ['Ctrl-C, of which the terminal makes no signal now', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s stops', (_name, key) => {
    const { press, state } = sitDown()
    press(key)
    expect(state.stops).toBe(1)
  })

  test('other keys, arrows and what is pasted do nothing', () => {
    const { press, state, opened } = sitDown()
    for (const text of ['x', 'Q', '\u001B', '\u001B[A', '\u001Bq', 'quotes']) press(text)
    expect([state.stops, opened]).toEqual([0, []])
  })
})

describe('the terminal is as it was', () => {
  test('when dev stops', () => {
    const { keys, state, press, own, input } = sitDown()
    expect(state).toMatchObject({ raw: true, reading: true })
    keys[Symbol.dispose]()
    expect(state).toMatchObject({ raw: false, reading: false })
    press('q')
    expect([state.stops, own.listenerCount('exit'), own.listenerCount('SIGCONT'), input.listenerCount('data')]).toEqual(
      [0, 0, 0, 0],
    )
  })

  test('when the process ends on its own, as by an error', () => {
    const { state, own } = sitDown()
    own.emit('exit')
    expect(state.raw).toBe(false)
  })

  test('while it is suspended by Ctrl-Z, and takes keys again after', () => {
    const { state, own, press, signals } = sitDown()
    press('\u001A')
    expect([state.raw, signals]).toEqual([false, [[0, 'SIGTSTP']]])
    own.emit('SIGCONT')
    expect(state.raw).toBe(true)
  })

  test('when it is killed by Ctrl-\\', () => {
    const { state, press, signals } = sitDown()
    press('\u001C')
    expect([state.raw, signals]).toEqual([false, [[0, 'SIGQUIT']]])
  })

  test('where nobody can type it is not touched, and no key is promised', () => {
    const { state, shown, press } = sitDown({ isTTY: false })
    press('q')
    expect([state, shown]).toEqual([{ raw: false, reading: false, stops: 0 }, []])
  })
})

describe('opening a browser', () => {
  test.each([
    ['darwin', ['open']],
    ['win32', ['rundll32', 'url.dll,FileProtocolHandler']],
    ['linux', ['xdg-open']],
  ] as const)('%s', (platform, program) => {
    expect(openerOf(platform, 'http://localhost:4100/a?b=c&d')).toEqual([...program, 'http://localhost:4100/a?b=c&d'])
  })

  test.each(['file:///etc/passwd', 'javascript:alert(1)', '--help'])('%s is nothing for a browser', (url) => {
    expect(() => openerOf('linux', url)).toThrow(TypeError)
  })

  test('no shell reads the address', async () => {
    const check = 'process.exit(process.argv[1] === "http://a.test/$(exit)&;" ? 0 : 1)'
    expect(await openBrowser('http://a.test/$(exit)&;', (_platform, url) => [process.execPath, '-e', check, url])).toBe(
      true,
    )
  })

  test.each([
    ['nothing to open it with', ['/nowhere/opener']],
    ['an opener that found no browser', [process.execPath, '-e', 'process.exit(3)']],
  ] as const)('%s is told', async (_what, opener) => {
    expect(await openBrowser('http://a.test/', () => opener)).toBe(false)
  })
})

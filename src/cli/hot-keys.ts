/** The part of a terminal that people type on. */
export interface KeyInput {
  readonly isTTY?: boolean
  readonly isRaw?: boolean
  setRawMode(raw: boolean): unknown
  setEncoding(encoding: 'utf8'): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data', listener: (text: string) => void): unknown
  off(event: 'data', listener: (text: string) => void): unknown
}

/** The process, as far as terminals are concerned. */
export interface KeyProcess {
  kill(pid: number, signal: NodeJS.Signals): unknown
  on(event: 'exit' | 'SIGCONT', listener: () => void): unknown
  off(event: 'exit' | 'SIGCONT', listener: () => void): unknown
}

export interface HotKeys extends Disposable {
  readonly listening: boolean
}

const interrupt = '\u0003'
const endOfInput = '\u0004'
const suspend = '\u001A'
const quit = '\u001C'

/**
 * Calls an action for each key that is pressed. Reading single keys takes the terminal out of its usual mode, in which
 * it makes Ctrl-C and its like into signals: that is done here instead. The mode comes back when this is disposed of,
 * when the process exits for whatever reason, and while it is suspended.
 * @param actions by key; others do nothing.
 * @param stop for Ctrl-C and Ctrl-D.
 */
export function listenForKeys(
  input: KeyInput,
  actions: Readonly<Record<string, () => void>>,
  stop: () => void,
  own: KeyProcess = process,
): HotKeys {
  if (input.isTTY !== true) return { listening: false, [Symbol.dispose]: () => undefined }
  const restore = () => input.setRawMode(false)
  const take = () => input.setRawMode(true)
  const press = (key: string): void => {
    if (key === endOfInput) return stop()
    if (key === suspend || key === quit) {
      restore()
      // To the whole foreground group, as the terminal does: whoever started us is to be suspended with us.
      return void own.kill(0, key === suspend ? 'SIGTSTP' : 'SIGQUIT')
    }
    if (Object.hasOwn(actions, key)) actions[key]?.()
  }
  const read = (text: string): void => {
    if (text.includes(interrupt)) return stop()
    // More at once was not pressed: an arrow is a sequence with letters in it, and so is what somebody pastes.
    if (text.length === 1) press(text)
  }
  take()
  input.setEncoding('utf8')
  input.on('data', read)
  input.resume()
  own.on('exit', restore)
  own.on('SIGCONT', take)
  return {
    listening: true,
    [Symbol.dispose]: () => {
      own.off('exit', restore)
      own.off('SIGCONT', take)
      input.off('data', read)
      // Paused: a terminal that is read keeps the process alive.
      input.pause()
      restore()
    },
  }
}

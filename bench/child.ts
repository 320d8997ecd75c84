import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { processorMs } from './processor-time.ts'

/** A program of the bench in a process of its own, so that its processor time is nobody else's. */
export interface Child<Ready> {
  readonly ready: Ready
  readonly pid: number
  processorMs(): number
  /** Sends a message and waits for the answer. */
  ask<Answer>(message: object): Promise<Answer>
}

/** Folder for V8 profiles of the children; set by --profile. */
let profileFolder: string | undefined

export function profileChildren(folder: string | undefined): void {
  profileFolder = folder
}

/** Starts a program, which gets `options` as JSON on its command line and says when it is ready. */
export async function startChild<Ready>(
  undo: AsyncDisposableStack,
  program: URL,
  options: object,
): Promise<Child<Ready>> {
  const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const child = fork(program, [JSON.stringify(options)], {
    // As `npm start` and the image run Gatehouse.
    execArgv: ['--max-semi-space-size=16', '--max-old-space-size=1024', ...profile],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  undo.defer(() => end(child))
  const ready = (await nextMessage(child)) as Ready // the program's own word, named by the caller
  const pid = child.pid ?? 0
  return {
    ready,
    pid,
    processorMs: () => processorMs(pid),
    async ask<Answer>(message: object) {
      child.send(message)
      return (await nextMessage(child)) as Answer // likewise
    },
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const abort = new AbortController()
  try {
    const failed = once(child, 'exit', { signal: abort.signal }).then(([code]) => {
      throw new Error(`A process of the bench ended with ${String(code)}.`)
    })
    const [message] = await Promise.race([once(child, 'message', { signal: abort.signal }), failed])
    return message
  } finally {
    abort.abort()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.disconnect()
  await exit
}

/** In the child: the options. It ends when the bench does, however that comes about. */
export function childOptions<Options>(): Options {
  process.once('disconnect', () => process.exit())
  return JSON.parse(process.argv[2] ?? '{}') as Options // startChild wrote it
}

/** In the child: says that it is ready, or answers. */
export function tellParent(message: object): void {
  process.send?.(message)
}

import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))
const programs = join(root, 'node_modules', '.bin')

/** A hanging step must not hang the build. */
const limitMs = 12 * 60_000

/** What ends us must end the step too; left alone it would run on unseen. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Step {
  readonly name: string
  readonly command: readonly [program: string, ...arguments: string[]]
  readonly env?: Readonly<Record<string, string>>
}

export interface StepEnd {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
}

/** Runs a program of this package, by its name in node_modules/.bin, and shows what it prints. */
export async function runStep({ name, command, env }: Step): Promise<StepEnd> {
  const [program, ...args] = command
  console.log(`\n== ${name}`)
  const start = performance.now()
  const child = spawn(program, args, {
    cwd: root,
    // Their own Node comes first: the machine's may be too old.
    env: { ...process.env, ...env, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  let interrupted = false
  const interrupt = () => {
    interrupted = true
    child.kill('SIGTERM')
  }
  for (const signal of endings) process.on(signal, interrupt)
  const ok = await new Promise<boolean>((resolve) => {
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`)
      resolve(false)
    })
    child.once('exit', (code, signal) => {
      if (code !== 0) console.error(`${program} ended with ${signal ?? `status ${code}`}.`)
      resolve(code === 0)
    })
  })
  for (const signal of endings) process.off(signal, interrupt)
  // Exit listeners stop what else was started, such as a database.
  if (interrupted) process.exit(130)
  const seconds = (performance.now() - start) / 1000
  console.log(`-- ${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`)
  return { name, ok, seconds }
}

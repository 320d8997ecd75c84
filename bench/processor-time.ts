import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second, whatever the kernel was built with. */
const msPerTick = 10

interface Stat {
  readonly parent: number
  readonly own: number
  /** Of children that have ended. */
  readonly ended: number
}

/** User and system time of a process, all its threads, in milliseconds. */
export function processorMs(pid: number): number {
  const stat = readStat(pid)
  if (!stat) throw new Error(`Process ${pid} is gone, or this is not Linux: processor times come from /proc.`)
  return stat.own
}

/** The same of a process and its children, living and ended. */
export function familyProcessorMs(pid: number): number {
  let sum = processorMs(pid) + (readStat(pid)?.ended ?? 0)
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat?.parent === pid) sum += stat.own
  }
  return sum
}

/** Resident memory that is the process's own share, in MiB. */
export function memoryMiB(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) / 1024
}

/** Resident memory in MiB, shared pages included. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** @see proc_pid_stat(5): the name may hold anything, so fields are counted from its closing bracket. */
function readStat(pid: number): Stat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return {
    parent: field(4),
    own: (field(14) + field(15)) * msPerTick,
    ended: (field(16) + field(17)) * msPerTick,
  }
}

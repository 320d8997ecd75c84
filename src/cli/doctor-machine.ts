import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EncryptionKeyInvalid, parseEncryptionKeys } from '#protocols/envelope.ts'
import { startedByNode } from '../config.ts'
import type { Invocation } from './command.ts'
import { dataFiles, readRunning, shownFolder } from './data-folder.ts'
import type { Diagnosis, Issue } from './diagnosis.ts'
import { Failure } from './failure.ts'
import { version } from './help.ts'
import { findLoopbackPort } from './loopback.ts'
import { isReadableByOthers } from './private-file.ts'

const askMs = 1000

/** Node, files, port and addresses: everything that can be seen without a database. */
export async function examineMachine({ config, file }: Invocation): Promise<Diagnosis> {
  const { port, baseUrl, data, encryptionKey } = config
  const running = await readRunning(data)
  const isOurs = running !== undefined && isAlive(running.pid)
  const listener = isOurs ? 'Gatehouse' : await findListener(port)
  const issues = [
    ...examineNode(),
    ...(listener === 'another program' ? [portInUse(port)] : []),
    ...examineBaseUrl(baseUrl),
    ...(await examineFiles(data)),
    ...examineKey(encryptionKey),
  ]
  return {
    title: 'This machine',
    facts: {
      gatehouse: version(),
      node: `${process.version} (${process.execPath})`,
      platform: `${process.platform} ${process.arch}`,
      settings: file ?? 'no configuration file',
      data: `${shownFolder(data)}${existsSync(data) ? '' : ' (not made yet)'}`,
      dev: isOurs ? `runs as process ${running.pid} at ${running.url}` : 'does not run',
      port: `${port}: ${listener === undefined ? 'free' : `${listener} listens`}`,
      'base URL': baseUrl ?? `http://localhost:${port}`,
    },
    issues,
  }
}

function examineNode(): Issue[] {
  const old = startedByNode()
  if (old === undefined) return []
  return [
    {
      code: 'NODE_TOO_OLD',
      severity: 'warning',
      message: `The node on your PATH is ${old}; Gatehouse runs with its own ${process.version} instead.`,
      fix: 'Install Node 24.7 or newer, or start Gatehouse with npm start.',
    },
  ]
}

/** Beside `gatehouse start`, as in its container, the port is taken by whom it is meant for. */
async function findListener(port: number): Promise<'Gatehouse' | 'another program' | undefined> {
  try {
    await findLoopbackPort(port)
    return undefined
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return (await isGatehouse(port)) ? 'Gatehouse' : 'another program'
  }
}

async function isGatehouse(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/healthz`, { signal: AbortSignal.timeout(askMs) })
    const health: unknown = await response.json()
    return typeof health === 'object' && health !== null && 'product' in health && health.product === 'gatehouse'
  } catch {
    // Whatever speaks no HTTP, says no JSON or does not answer is not one.
    return false
  }
}

function portInUse(port: number): Issue {
  return {
    code: 'PORT_IN_USE',
    severity: 'warning',
    message: `Another program listens on port ${port}, so dev would not start.`,
    fix: 'Stop that program, or choose another port with --port.',
  }
}

function examineBaseUrl(baseUrl: string | undefined): Issue[] {
  if (baseUrl === undefined) return []
  const { hostname } = new URL(baseUrl)
  if (!/^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)|\.(local|internal|localhost)$/.test(hostname))
    return []
  return [
    {
      code: 'BASE_URL_NOT_PUBLIC',
      severity: 'warning',
      message: `BASE_URL is ${baseUrl}: identity providers are given addresses there, and people outside cannot reach them.`,
      fix: 'Fine on this machine and inside a network. For others, set BASE_URL to the public https address.',
    },
  ]
}

async function examineFiles(data: string): Promise<Issue[]> {
  const issues: Issue[] = []
  for (const name of Object.values(dataFiles)) {
    const path = join(data, name)
    if (!existsSync(path) || !(await isReadableByOthers(path))) continue
    issues.push({
      code: 'KEY_FILE_READABLE',
      severity: 'error',
      message: `Others on this machine can read ${shownFolder(path)}, which holds secrets; dev refuses to start.`,
      fix: `chmod 600 ${shownFolder(path)}`,
    })
  }
  return issues
}

function examineKey(encryptionKey: string | undefined): Issue[] {
  try {
    if (encryptionKey !== undefined) parseEncryptionKeys(encryptionKey)
    return []
  } catch (error) {
    if (!(error instanceof EncryptionKeyInvalid)) throw error
    return [
      {
        code: 'ENCRYPTION_KEY_INVALID',
        severity: 'error',
        message: error.message,
        fix: 'Set GATEHOUSE_ENCRYPTION_KEY to the output of: openssl rand -base64 32',
      },
    ]
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

import { spawn } from 'node:child_process'
import { environmentForChildren } from '../config.ts'

/** What the platform opens an address with: a program and its arguments. No shell reads the address. */
export function openerOf(platform: NodeJS.Platform, url: string): readonly [string, ...string[]] {
  const { protocol, href } = new URL(url)
  // Openers start programs for other kinds of addresses.
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`${protocol} is no address for a browser.`)
  switch (platform) {
    case 'darwin':
      return ['open', href]
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler', href]
    default:
      return ['xdg-open', href]
  }
}

/**
 * Opens an address in the browser of whoever sits here.
 * @returns whether something took it, as far as one can tell.
 */
export function openBrowser(
  url: string,
  opener: (platform: NodeJS.Platform, url: string) => readonly [string, ...string[]] = openerOf,
): Promise<boolean> {
  const [program, ...args] = opener(process.platform, url)
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env: environmentForChildren() })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    // Some openers are the browser itself and stay; it must outlive us.
    child.unref()
  })
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** CHROMIUM, or the browser in its usual place. */
export function findChromium(): string | undefined {
  return process.env['CHROMIUM'] ?? usualPlaces.find((place) => existsSync(place))
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('Chromium is missing: install it, or set CHROMIUM to its program.')
  return chromium.launch({
    executablePath,
    // Chromium refuses to sandbox as root; and small /dev/shm of containers crashes it.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
  })
}

import { existsSync } from 'node:fs'

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

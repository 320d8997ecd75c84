import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** `npm run dev:web` shows changes at once: everything but the pages comes from `npm start`. */
const server = 'http://localhost:4100'

/**
 * Widths at which Radix Themes lets a property change, of which our pages use `md` alone, and finer colours for wide-gamut
 * screens: half of the CSS.
 */
const unusedBreakpoint = /@media[^{]*(?:[^\d](?:520|768|1280|1640)px|color-gamut)[^{]*\{/g

function leaveOutBreakpoints(css: string): string {
  let rest = ''
  let from = 0
  for (const { index, 0: opening } of css.matchAll(unusedBreakpoint)) {
    let depth = 1
    let end = index + opening.length
    while (depth > 0 && end < css.length) {
      if (css[end] === '{') depth++
      if (css[end] === '}') depth--
      end++
    }
    rest += css.slice(from, index)
    from = end
  }
  return rest + css.slice(from)
}

const smallerCss: Plugin = {
  name: 'leave-out-breakpoints',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'asset' && file.fileName.endsWith('.css'))
        file.source = leaveOutBreakpoints(String(file.source))
  },
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/dashboard/',
  plugins: [react(), smallerCss],
  resolve: { alias: [{ find: /^typebox$/, replacement: `${import.meta.dirname}/api/schemas-left-out.ts` }] },
  // The server puts a new nonce in its place for every answer.
  html: { cspNonce: 'NONCE' },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    // A picture inside a style sheet would need a policy of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    port: 4110,
    strictPort: true,
    proxy: { '^/(?!dashboard/(?!api|sign))': { target: server, changeOrigin: true } },
  },
})

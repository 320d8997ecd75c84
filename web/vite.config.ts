import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npm run dev:web` shows changes at once: everything but the pages comes from `npm start`. */
const server = 'http://localhost:4100'

export default defineConfig({
  root: import.meta.dirname,
  base: '/dashboard/',
  plugins: [react()],
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

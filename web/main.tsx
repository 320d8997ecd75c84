import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
// Where libraries look that put style sheets into the page; the document's policy lets in those that carry it.
if (nonce !== undefined) Reflect.set(globalThis, '__webpack_nonce__', nonce)

const root = document.querySelector('#root')
if (!root) throw new Error('The document has no place for the dashboard.')
createRoot(root).render(<App />)

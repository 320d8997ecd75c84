import { renderToString } from 'react-dom/server'
import { App } from './App.jsx'

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%233b5bdb' d='M2 15V8a6 6 0 0 1 12 0v7h-3V8a3 3 0 0 0-6 0v7z'/%3E%3C/svg%3E"

function Page({ state, version }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{state.problem ? `${state.problem.title} · SSO example` : 'SSO example'}</title>
        <link rel="icon" href={icon} />
        <link rel="stylesheet" href={`/assets/browser.css?${version}`} />
      </head>
      <body>
        <main id="root">
          <App {...state} />
        </main>
        <footer>
          Signs in at <code>{state.server}</code> for <code>{state.organization}</code>.
        </footer>
        <script id="state" type="application/json" dangerouslySetInnerHTML={{ __html: inert(state) }} />
        <script type="module" src={`/assets/browser.js?${version}`} />
      </body>
    </html>
  )
}

/** Without this, a profile that contains "</script>" would end the element and run as markup. */
function inert(state) {
  return JSON.stringify(state).replaceAll('<', '\\u003c')
}

/** @param {string} version changes with the sources: the assets are cached for a year */
export function render(state, version) {
  return `<!doctype html>${renderToString(<Page state={state} version={version} />)}`
}

import { AuthKitProvider } from '@workos-inc/authkit-react'
import { createRoot } from 'react-dom/client'
import { App } from './App.jsx'
// oxlint-disable-next-line import/no-unassigned-import -- Vite turns it into the page's style sheet.
import './styles.css'

const { clientId, ...where } = await fetch('/config.json').then((response) => response.json())

createRoot(document.getElementById('root')).render(
  <AuthKitProvider
    clientId={clientId}
    {...where}
    // The callback is an address to come back to and not one to stay at.
    onRedirectCallback={() => window.history.replaceState({}, '', '/')}
  >
    <App />
  </AuthKitProvider>,
)

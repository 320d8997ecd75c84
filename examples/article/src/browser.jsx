import { hydrateRoot } from 'react-dom/client'
import { App } from './App.jsx'
// oxlint-disable-next-line import/no-unassigned-import -- Vite turns it into the page's style sheet.
import './styles.css'

const state = JSON.parse(document.getElementById('state').textContent)
hydrateRoot(document.getElementById('root'), <App {...state} />)

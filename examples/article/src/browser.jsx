import { hydrateRoot } from 'react-dom/client'
import App from './App.jsx'
import './styles.css'

const state = JSON.parse(document.getElementById('state').textContent)
hydrateRoot(document.getElementById('root'), <App {...state} />)

import { html } from 'hono/html'
import type { Answer } from '../answer.ts'
import { hidden } from './fields.ts'
import type { Page } from './page.ts'

/** Saml bindings §3.5: the browser carries the response in a form, by itself where it may run scripts. */
export function handOverPage(answer: Answer, review: boolean): Page {
  const host = new URL(answer.acsUrl).host
  return {
    title: `Back to ${host}`,
    width: 'narrow',
    ...(!review && { script: 'document.forms[0].submit()' }),
    // Browsers hold redirects to form-action too, and the ACS sends the browser on to an app we cannot know.
    formAction: 'http: https:',
    body: html`<h1>Back to ${host}</h1>
      <div class="card">
        <p>${answer.scenario.title}: ${answer.scenario.explanation}</p>
        <form method="post" action="${answer.acsUrl}">
          ${hidden({ SAMLResponse: answer.samlResponse, RelayState: answer.relayState })}
          <p><button autofocus>Continue</button></p>
        </form>
      </div>
      <details class="card" ${review ? ' open' : ''}>
        <summary>The response</summary>
        <p class="soft small">Decoded from base64, with line breaks between elements added.</p>
        <pre tabindex="0" aria-label="SAML response">${answer.xml.replaceAll('><', '>\n<')}</pre>
      </details>`,
  }
}

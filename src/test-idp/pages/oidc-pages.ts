import { html } from 'hono/html'
import { testIdpOidcUrl } from '../addresses.ts'
import type { Idp } from '../idp.ts'
import { type OidcRequest, requestFields } from '../oidc/request.ts'
import { oidcScenarios } from '../oidc/scenarios.ts'
import { fullName, guest, sampleUsers } from '../people.ts'
import { hidden, textField } from './fields.ts'
import type { Html, Page } from './page.ts'

/** Who signs in, or how it goes wrong. */
export function consentPage(idp: Idp, request: OidcRequest): Page {
  const form = (label: string, content: Html) =>
    html`<form method="post" action="${testIdpOidcUrl('', idp.slug)}/authorize" aria-label="${label}">
      ${hidden(requestFields(request))}${content}
    </form>`
  return {
    title: 'Sign in',
    width: 'narrow',
    // The answer leads back to the application, and browsers hold redirects to form-action too.
    formAction: 'http: https:',
    body: html`<h1>Sign in</h1>
      <p class="soft">
        to <strong>${new URL(request.redirectUri).host}</strong> with ${idp.name}, which will learn:
        ${request.scopes.filter((scope) => scope !== 'openid').join(', ') || 'nothing but who you are'}.
      </p>
      <section class="card" aria-labelledby="as">
        <h2 id="as">Sign in as</h2>
        ${form(
          'Sample users',
          html`<ul class="plain">
            ${[...sampleUsers, guest].map(
              (user) =>
                html`<li>
                  <button class="row" name="user" value="${user.email}">
                    <strong>${fullName(user)}</strong><small>${user.email}</small>
                  </button>
                </li>`,
            )}
          </ul>`,
        )}
      </section>
      <section class="card" aria-labelledby="no">
        <h2 id="no">Or do not sign in</h2>
        ${form('Do not sign in', html`<div class="buttons"><button class="quiet" name="deny" value="1">Cancel</button></div>`)}
      </section>
      <section class="card" aria-labelledby="other">
        <h2 id="other">Somebody else, or something else</h2>
        ${form(
          'Somebody else',
          html`${textField({ name: 'email', label: 'Email', value: request.loginHint ?? '', required: true, type: 'email' })}
            <div class="field">
              <label for="scenario">What goes wrong</label
              ><select id="scenario" name="scenario">
                <option value="">Nothing</option>
                ${oidcScenarios.map(
                  ({ slug, title, explanation }) => html`<option value="${slug}">${title} – ${explanation}</option>`,
                )}
              </select>
            </div>
            <p><button>Sign in</button></p>`,
        )}
      </section>`,
  }
}

export function formPostPage(redirectUri: string, parameters: Readonly<Record<string, string>>): Page {
  const host = new URL(redirectUri).host
  return {
    title: `Back to ${host}`,
    width: 'narrow',
    script: 'document.forms[0].submit()',
    formAction: 'http: https:',
    body: html`<h1>Back to ${host}</h1>
      <form method="post" action="${redirectUri}">
        ${hidden(parameters)}
        <p><button autofocus>Continue</button></p>
      </form>`,
  }
}

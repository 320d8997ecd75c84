import { html } from 'hono/html'
import { testIdpHomeUrl, testIdpProvisioningUrl } from '../addresses.ts'
import { type Idp } from '../idp.ts'
import type { App } from '../scim/app.ts'
import { type DialectName, dialects } from '../scim/dialects.ts'
import { textField } from './fields.ts'
import type { Page, Refused } from './page.ts'

/** Which client an identity provider of that kind would be, until somebody says otherwise. */
const usualClients: Readonly<Record<Idp['kind'], DialectName>> = {
  'test-idp': 'okta',
  'okta-like': 'okta',
  'entra-like': 'entra',
  // Google sends nothing by SCIM, so this is a guess as good as any.
  'google-like': 'okta',
}

export function appsPage(idp: Idp, apps: readonly App[], refused?: Refused): Page {
  const field = (name: string) => ({
    name,
    value: refused?.values.get(name) ?? '',
    error: refused?.errors.get(name) ?? '',
  })
  const chosen = refused?.values.get('as') ?? usualClients[idp.kind]
  return {
    title: 'Provisioning',
    status: refused ? 422 : 200,
    body: html`<h1>Provisioning</h1>
      <p class="soft">
        <a href="${testIdpHomeUrl('', idp.slug)}">${idp.name}</a> sends its people and groups to your app’s directory
        endpoint by SCIM, the way the client you choose does it.
      </p>
      <section class="card" aria-labelledby="apps">
        <h2 id="apps">Apps</h2>
        ${
          apps.length === 0
            ? html`<p class="soft">None yet. Create a directory in your application, and paste what it shows below.</p>`
            : html`<ul class="plain tiles">
                ${apps.map(
                  ({ settings }) =>
                    html`<li>
                      <a class="row" href="${testIdpProvisioningUrl('', idp.slug, settings.id)}"
                        ><strong>${settings.name}</strong><small>${dialects[settings.as].title}</small
                        ><small>${settings.endpoint}</small></a
                      >
                    </li>`,
                )}
              </ul>`
        }
      </section>
      <section class="card" aria-labelledby="create">
        <h2 id="create">Create an app</h2>
        <form method="post" action="${testIdpProvisioningUrl('', idp.slug)}">
          ${textField({ ...field('name'), label: 'Name', required: true, hint: 'For example: Acme’s app.' })}
          ${textField({ ...field('endpoint'), label: 'Endpoint', type: 'url', required: true, hint: 'The SCIM base URL of the directory, on this machine.' })}
          ${textField({ ...field('token'), value: '', label: 'Bearer token', type: 'password', required: true, hint: 'Kept here to send it, and never shown again.' })}
          <div class="field">
            <label for="as">Behaves like</label>
            <select id="as" name="as" aria-describedby="as-hint">
              ${Object.entries(dialects).map(
                ([name, { title }]) =>
                  html`<option value="${name}" ${name === chosen ? ' selected' : ''}>${title}</option>`,
              )}
            </select>
            <p class="hint" id="as-hint">
              ${Object.values(dialects).map(
                ({ title, description }) => html`<strong>${title}:</strong> ${description}<br />`,
              )}
            </p>
          </div>
          <p><button>Create</button></p>
        </form>
      </section>`,
  }
}

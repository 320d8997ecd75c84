import { html } from 'hono/html'
import { builtInSlug, testIdpHomeUrl } from '../addresses.ts'
import { type Idp, kindOf } from '../idp.ts'
import { kinds } from '../kinds.ts'
import { answerRule } from '../service-provider.ts'
import { textField } from './fields.ts'
import type { Page, Refused } from './page.ts'

export function listPage(idps: readonly Idp[], refused?: Refused): Page {
  const field = (name: string) => ({
    name,
    value: refused?.values.get(name) ?? '',
    error: refused?.errors.get(name) ?? '',
  })
  const creatable = Object.entries(kinds).filter(([name]) => name !== 'test-idp')
  const chosen = refused?.values.get('kind')
  return {
    title: 'All',
    status: refused ? 422 : 200,
    body: html`<h1>Test identity providers</h1>
      <p class="soft">
        Each is a SAML identity provider of its own, with its own key, that lets you sign in as anybody and fail in
        every way a real one can.
      </p>
      <section class="card" aria-labelledby="idps">
        <h2 id="idps">Running now</h2>
        <ul class="plain tiles">
          ${idps.map(
            (idp) =>
              html`<li>
                <a class="row" href="${testIdpHomeUrl('', idp.slug)}"
                  ><strong>${idp.name}</strong
                  ><small>${kindOf(idp).title}${idp.slug === builtInSlug ? ' · built in' : ''} · ${idp.slug}</small></a
                >
              </li>`,
          )}
        </ul>
      </section>
      <section class="card" aria-labelledby="create">
        <h2 id="create">Create one</h2>
        <form method="post" action="/test-idp/idps">
          <div class="field">
            <label for="kind">Behaves like</label>
            <select id="kind" name="kind" aria-describedby="kind-hint">
              ${creatable.map(
                ([name, kind]) =>
                  html`<option value="${name}" ${name === chosen ? ' selected' : ''}>${kind.title}</option>`,
              )}
            </select>
            <p class="hint" id="kind-hint">
              ${creatable.map(([, kind]) => html`<strong>${kind.title}:</strong> ${kind.description}<br />`)}
            </p>
          </div>
          ${textField({ ...field('name'), label: 'Name', required: true, hint: 'For example: Acme’s Okta.' })}
          ${textField({ ...field('entity_id'), label: 'SP Entity ID (audience)', hint: 'Copy it, and the ACS URL, from the connection. Both may be left out.' })}
          ${textField({ ...field('acs_url'), label: 'ACS URL (single sign-on URL)', type: 'url' })}
          <p><button>Create</button></p>
        </form>
      </section>
      <p class="soft small">${answerRule}</p>`,
  }
}

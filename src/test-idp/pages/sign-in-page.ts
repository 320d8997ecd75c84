import { html } from 'hono/html'
import { testIdpHomeUrl } from '../addresses.ts'
import type { Pending } from '../pending.ts'
import { fullName, guest, sampleUsers } from '../people.ts'
import { type Scenario, scenarioGroups, scenarios } from '../scenarios.ts'
import { hidden, textField } from './fields.ts'
import type { Html, Page, Refused } from './page.ts'

export function signInPage(pending: Pending, refused?: Refused): Page {
  const { idp, serviceProvider } = pending
  // An unsolicited response is no failure where nothing was asked.
  const offered = scenarios.filter(({ verdictUnasked }) => pending.requestId !== null || verdictUnasked !== 'accepted')
  const form = (label: string, content: Html) =>
    html`<form method="post" action="${testIdpHomeUrl('', idp.slug)}/sign-in" aria-label="${label}">
      ${context(pending)}${content}
    </form>`
  const value = (name: string) => refused?.values.get(name) ?? ''
  const error = (name: string) => refused?.errors.get(name) ?? ''
  return {
    title: 'Sign in',
    status: refused ? 422 : 200,
    width: 'narrow',
    body: html`<h1>Sign in</h1>
      <p class="soft">to <strong>${new URL(serviceProvider.acsUrl).host}</strong> with ${idp.name}</p>
      <section class="card" aria-labelledby="as">
        <h2 id="as">Sign in as</h2>
        ${form(
          'Sample users',
          html`<ul class="plain">
            ${sampleUsers.map((user) => html`<li>${userButton(user.email, fullName(user), user.email)}</li>`)}
            <li>
              ${userButton(guest.email, 'Guest email domain', `${guest.email}: an address outside the organization’s domains`)}
            </li>
          </ul>`,
        )}
      </section>
      <section class="card" aria-labelledby="no">
        <h2 id="no">Or do not sign in</h2>
        ${form(
          'Do not sign in',
          html`<div class="buttons">
            <button class="quiet" name="scenario" value="error-response">Error response</button>
            <button class="quiet" name="scenario" value="cancel">Cancel</button>
          </div>`,
        )}
      </section>
      <section class="card" aria-labelledby="other">
        <h2 id="other">Somebody else</h2>
        ${form(
          'Somebody else',
          html`${textField({ name: 'email', label: 'Email', value: value('email') || (pending.loginHint ?? ''), error: error('email'), required: true })}
            <div class="pair">
              ${textField({ name: 'first_name', label: 'First name', value: value('first_name'), error: error('first_name') })}
              ${textField({ name: 'last_name', label: 'Last name', value: value('last_name'), error: error('last_name') })}
            </div>
            ${textField({ name: 'id', label: 'Id', value: value('id'), error: error('id'), hint: 'Made from the email when empty.' })}
            ${textField({ name: 'groups', label: 'Groups', value: value('groups'), error: error('groups'), hint: 'Separated by commas. What is left empty is not sent.' })}
            ${reviewBox('review-other')}
            <p><button>Sign in</button></p>`,
        )}
      </section>
      <section class="card" aria-labelledby="fail">
        <h2 id="fail">Fail as…</h2>
        <p class="soft small">
          Sends a response with one thing wrong (or merely unusual). The line under each says what the service provider
          should make of it.
        </p>
        ${form(
          'Fail as',
          html`<div class="field">
              <label for="user">As</label
              ><select id="user" name="user">
                ${sampleUsers.map(
                  (user) => html`<option value="${user.email}">${fullName(user)} (${user.email})</option>`,
                )}
              </select>
            </div>
            ${reviewBox('review-fail')}
            ${scenarioGroups.map((group) =>
              scenarioMenu(
                group,
                offered.filter((scenario) => scenario.group === group),
              ),
            )}`,
        )}
      </section>
      <details class="card">
        <summary>The request</summary>
        <dl>
          ${pending.facts.map(
            ([name, fact]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${fact}</dd>
              </div>`,
          )}
        </dl>
      </details>`,
  }
}

/** The request travels with the forms, so nothing is stored for a page somebody may leave open for a day. */
function context(pending: Pending): Html {
  return hidden({
    sp: pending.serviceProvider.entityId,
    acs_url: pending.serviceProvider.acsUrl,
    request_id: pending.requestId ?? undefined,
    relay_state: pending.relayState,
  })
}

function userButton(email: string, title: string, detail: string): Html {
  return html`<button class="row" name="user" value="${email}">
    <strong>${title}</strong><small>${detail}</small>
  </button>`
}

function reviewBox(id: string): Html {
  return html`<p>
    <label class="check" for="${id}"
      ><input type="checkbox" id="${id}" name="review" value="1" />Show the response before it is sent</label
    >
  </p>`
}

function scenarioMenu(group: string, scenarios: readonly Scenario[]): Html {
  return html`<details>
    <summary>${group}</summary>
    <ul class="plain">
      ${scenarios.map(
        (scenario) =>
          html`<li>
            <button class="row" name="scenario" value="${scenario.slug}">
              <strong>${scenario.title}</strong><small>${scenario.explanation}</small>
            </button>
          </li>`,
      )}
    </ul>
  </details>`
}

import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { alert, form, primaryButton, type ScreenContext } from './parts.ts'

/** More than fit the eye at once get a field to search them. */
const searchFrom = 8

export interface OrganizationChoice {
  readonly id: string
  readonly name: string
}

export function organizationScreen(
  context: ScreenContext,
  view: { readonly email: string; readonly organizations: readonly OrganizationChoice[] },
): Screen {
  const { say } = context
  const search = html`<div class="ak-Field" hidden>
    <label class="ak-Label" for="search">${say('search')}</label>
    <input class="ak-Input" id="search" type="search" data-filter autocomplete="off" />
    <p id="none" class="ak-Text" role="status" hidden>${say('organizationNone')}</p>
  </div>`
  return {
    page: 'organization-selection',
    heading: say('organizationTitle'),
    lead: say('signedInAs', { email: view.email }),
    body: html`${view.organizations.length < searchFrom ? '' : search}
    ${form(context, {
      step: 'organization',
      body: html`<div class="ak-Stack">
        ${view.organizations.map(
          ({ id, name }) =>
            html`<button
              class="ak-AuthButton ak-Organization"
              type="submit"
              name="choice"
              value="${id}"
              data-name="${name.toLowerCase()}"
            >
              <span class="ak-Initial" aria-hidden="true">${initialOf(name)}</span><bdi>${name}</bdi>
            </button>`,
        )}
      </div>`,
    })}`,
  }
}

function initialOf(name: string): string {
  return Array.from(name)[0] ?? ''
}

export interface InviteView {
  readonly organization: string | null
  readonly inviter: string | null
  readonly email: string
  readonly problem?: string | undefined
}

export function inviteScreen(context: ScreenContext, view: InviteView): Screen {
  const { say } = context
  const { organization, inviter, email } = view
  return {
    page: 'invite',
    heading: organization === null ? say('inviteTitlePlain') : say('inviteTitle', { organization }),
    lead: inviter === null ? say('inviteFor', { email }) : say('inviteBy', { inviter, email }),
    body: html`${alert(view.problem)} ${form(context, { step: 'invite', body: primaryButton(say('inviteAccept')) })}`,
  }
}

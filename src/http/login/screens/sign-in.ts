import { html } from 'hono/html'
import type { Html } from '../../pages/layout.ts'
import type { Screen } from '../frame.ts'
import { passkeySignInScript } from '../passkey-script.ts'
import { passkeyButton } from './passkey.ts'
import { alert, field, form, notice, primaryButton, type ScreenContext } from './parts.ts'

/** A way to sign in that has a button of its own. */
export interface ProviderButton {
  /** As custom styles know it: `GoogleOAuth`. */
  readonly method: string
  readonly name: string
  readonly lastUsed: boolean
}

export interface SignInView {
  readonly email?: string | undefined
  readonly emailProblem?: string | undefined
  readonly problem?: string | undefined
  readonly notice?: string | undefined
  readonly providers: readonly ProviderButton[]
  /** What browsers are asked for, where passkeys are a way in. */
  readonly passkey?: { readonly options: object; readonly lastUsed: boolean } | undefined
  /** The organization that the application asked for, where it has a sign-in page of its own. */
  readonly organization?: { readonly name: string; readonly lastUsed: boolean } | undefined
  /** Whether there is anything to do with an address. */
  readonly byEmail: boolean
  readonly signUp: boolean
}

export function signInScreen(context: ScreenContext, view: SignInView): Screen {
  const { say, look } = context
  const { application_name: app, sign_in_title: title } = look.brand.settings
  return {
    page: 'sign-in',
    heading: title ?? (app === null ? say('signIn') : say('signInTo', { app })),
    lead: view.organization && say('handOffText', { organization: view.organization.name }),
    body: html`${alert(view.problem)} ${notice(view.notice)} ${organizationPart(context, view)}
    ${view.byEmail ? emailForm(context, view) : ''}
    ${view.byEmail && view.providers.length > 0 ? html`<div class="ak-Divider">${say('or')}</div>` : ''}
    ${passkeyPart(context, view)} ${view.providers.length === 0 ? '' : providerButtons(context, view.providers)}
    ${
      view.signUp
        ? html`<div class="ak-Footer">
            <p>${say('noAccount')} <a class="ak-Link" href="${context.action('sign-up')}">${say('createOne')}</a></p>
          </div>`
        : ''
    }`,
    ...(view.passkey && { script: passkeySignInScript }),
    ...(view.emailProblem !== undefined && { status: 422 }),
  }
}

/** Above everything else: whoever comes for an organization is mostly one of its own people. */
function organizationPart(context: ScreenContext, { organization, byEmail }: SignInView): Html | string {
  if (!organization) return ''
  const { say } = context
  const { name, lastUsed } = organization
  return html`${form(context, {
    step: 'sso',
    body: html`<button class="ak-PrimaryButton" type="submit">
      ${say('organizationSignIn', { organization: name })}
      ${lastUsed ? html`<span class="ak-Badge">${say('lastUsed')}</span>` : ''}
    </button>`,
  })}
  ${byEmail ? html`<div class="ak-Divider">${say('or')}</div>` : ''}`
}

/** Above the providers' buttons; alone, it comes with a divider that appears as it does. */
function passkeyPart(context: ScreenContext, { passkey, providers, byEmail }: SignInView): Html | string {
  if (!passkey) return ''
  const button = passkeyButton(context, passkey.options, passkey.lastUsed)
  if (providers.length > 0) return html`<div class="ak-Above">${button}</div>`
  return byEmail
    ? html`<div class="ak-Divider" data-passkey-part hidden>${context.say('or')}</div>
        ${button}`
    : button
}

function emailForm(context: ScreenContext, { email, emailProblem, organization }: SignInView): Html {
  const label = context.say('continue')
  return form(context, {
    step: 'sign-in',
    body: html`${field(context, {
      name: 'email',
      label: context.say('email'),
      type: 'email',
      value: email,
      autocomplete: 'username webauthn',
      problem: emailProblem,
      autofocus: true,
    })}
    ${organization ? html`<button class="ak-SecondaryButton" type="submit">${label}</button>` : primaryButton(label)}`,
  })
}

/** Also on the page for signing up: there, whoever is new is made an account. */
export function providerButtons(context: ScreenContext, providers: readonly ProviderButton[]): Html {
  return form(context, {
    step: 'provider',
    body: html`<div class="ak-Stack">
      ${providers.map(
        ({ method, name, lastUsed }) =>
          html`<button class="ak-AuthButton" type="submit" name="choice" value="${method}" data-method="${method}">
            ${context.say('continueWith', { provider: name })}
            ${lastUsed ? html`<span class="ak-Badge">${context.say('lastUsed')}</span>` : ''}
          </button>`,
      )}
    </div>`,
  })
}

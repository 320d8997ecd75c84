import { html } from 'hono/html'
import type { Html } from '../../pages/layout.ts'
import type { Screen } from '../frame.ts'
import { passkeyEnrolScript } from '../passkey-script.ts'
import { account, alert, form, type ScreenContext } from './parts.ts'

/** Appears once the script has found that there is something to press it for. */
export function passkeyButton(context: ScreenContext, options: object, lastUsed: boolean): Html {
  const { say } = context
  return html`<div data-passkey-part hidden>
    ${form(context, {
      step: 'passkey',
      body: html`<input type="hidden" name="credential" value="" />
        <button class="ak-AuthButton" type="button" data-method="Passkey" data-passkey="${JSON.stringify(options)}">
          ${say('passkey')} ${lastUsed ? html`<span class="ak-Badge">${say('lastUsed')}</span>` : ''}
        </button>
        ${problemPart(context)}`,
    })}
  </div>`
}

/** Asked after a sign-in, where the browser can: the next one is quicker, and safe from pages that only look like us. */
export function passkeyEnrolScreen(
  context: ScreenContext,
  {
    email,
    options,
    problem,
  }: { readonly email: string; readonly options: object; readonly problem?: string | undefined },
): Screen {
  const { say } = context
  return {
    page: 'passkey/enrollment',
    heading: say('passkeyOfferTitle'),
    lead: say('passkeyOfferText'),
    body: html`${alert(problem)} ${account(context, email)}
      <div class="ak-Stack">
        ${form(context, {
          step: 'passkey/enrollment',
          body: html`<input type="hidden" name="credential" value="" />
            <button class="ak-PrimaryButton" type="button" hidden data-passkey="${JSON.stringify(options)}">
              ${say('passkeyCreate')}
            </button>
            ${problemPart(context)}`,
        })}
        ${form(context, {
          step: 'passkey/skip',
          body: html`<button class="ak-SecondaryButton" type="submit">${say('passkeyLater')}</button>`,
        })}
      </div>`,
    script: passkeyEnrolScript,
  }
}

function problemPart({ say }: ScreenContext): Html {
  return html`<p class="ak-Error" role="alert" data-passkey-problem hidden>${say('passkeyFailed')}</p>`
}

import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { form, primaryButton, type ScreenContext } from './parts.ts'

/** Where the identity provider is and what to bring there: a link, or the fields of a form. */
export type HandOff =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'post'; readonly destination: string; readonly fields: Readonly<Record<string, string>> }

export function handOffScreen(
  { say }: Pick<ScreenContext, 'say'>,
  {
    organization = null,
    provider,
    handOff,
  }: {
    /** Whose sign-in page it is. */
    readonly organization?: string | null
    /** In the place of a company's page, a provider's that everybody may use. */
    readonly provider?: string
    readonly handOff: HandOff
  },
): Screen {
  const target = handOff.kind === 'post' ? handOff.destination : handOff.location
  return {
    page: 'sso',
    heading: provider === undefined ? say('handOffTitle') : say('continueWith', { provider }),
    lead: organization === null ? undefined : say('handOffText', { organization }),
    body:
      handOff.kind === 'redirect'
        ? html`<a class="ak-PrimaryButton" href="${handOff.location}">${say('continue')}</a>`
        : html`<form method="post" action="${target}" data-submits-itself>
            ${Object.entries(handOff.fields).map(
              ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
            )}
            ${primaryButton(say('continue'))}
          </form>`,
    ...(handOff.kind === 'redirect' && { refreshTo: handOff.location }),
    // Identity providers send the browser on after the POST, and Chromium applies the policy to those hops too.
    formTargets: URL.canParse(target) ? [new URL(target).origin, 'https:'] : [],
  }
}

/** Asked when the sign-in began at the identity provider: nobody may be signed in as somebody else unawares. */
export function consentScreen(
  context: ScreenContext,
  { email, host }: { readonly email: string; readonly host: string },
): Screen {
  const { say } = context
  return {
    page: 'consent',
    heading: say('consentTitle'),
    lead: say('consentText', { email, host }),
    body: html`<div class="ak-Stack">
      ${form(context, { step: 'consent', body: primaryButton(say('continue')) })}
      ${form(context, {
        step: 'consent/deny',
        body: html`<button class="ak-SecondaryButton" type="submit">${say('cancel')}</button>`,
      })}
    </div>`,
  }
}

import { html } from 'hono/html'
import type { Say } from '#domain/locales/catalogue.ts'
import type { Html } from '../../pages/layout.ts'
import type { Look } from '../frame.ts'

/** What every screen of one sign-in needs. */
export interface ScreenContext {
  readonly look: Look
  readonly say: Say
  /** Where a form of this sign-in posts to, by the step's name. */
  readonly action: (step: string) => string
  /** Goes with every form; see domain/login/browser.ts. */
  readonly csrf: string
}

interface Form {
  readonly step: string
  readonly body: Html
}

export function form({ action, csrf }: ScreenContext, { step, body }: Form): Html {
  return html`<form method="post" action="${action(step)}" novalidate>
    <input type="hidden" name="csrf" value="${csrf}" />
    ${body}
  </form>`
}

export function primaryButton(label: string): Html {
  return html`<button class="ak-PrimaryButton" type="submit">${label}</button>`
}

/** A form that is one button looking like a link. */
export function linkForm(context: ScreenContext, step: string, label: string, value?: string): Html {
  return form(context, {
    step,
    body: html`<button class="ak-LinkButton" type="submit" name="choice" value="${value ?? ''}">${label}</button>`,
  })
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly value?: string | undefined
  readonly type?: 'text' | 'email' | 'password'
  readonly autocomplete: string
  readonly problem?: string | undefined
  /** The first field, or the first that is wrong. */
  readonly autofocus?: boolean
  /** Six digits, which send themselves. */
  readonly digits?: boolean
  readonly required?: boolean
  /** Capitals to read letter by letter. */
  readonly spelled?: boolean
}

export function field({ say, look }: ScreenContext, options: Field): Html {
  const {
    name,
    label,
    value,
    type = 'text',
    autocomplete,
    problem,
    autofocus,
    digits,
    required = true,
    spelled,
  } = options
  const isPassword = type === 'password'
  const id = `field-${name}`
  const labelled = html`<label class="ak-Label" for="${id}">${label}</label>`
  const reveal = html`<button
    class="ak-LinkButton ak-Reveal"
    type="button"
    hidden
    data-reveal="${id}"
    data-show="${say('show')}"
    data-hide="${say('hide')}"
    aria-pressed="false"
    aria-controls="${id}"
  >
    ${say('show')}
  </button>`
  return html`<div class="ak-Field">
    ${isPassword ? html`<div class="ak-LabelRow">${labelled} ${reveal}</div>` : labelled}
    <input
      class="ak-Input${digits ? ' ak-Code' : ''}${spelled ? ' ak-Spelled' : ''}"
      id="${id}"
      name="${name}"
      type="${type}"
      value="${value ?? ''}"
      autocomplete="${autocomplete}"
      autocapitalize="${spelled ? 'characters' : 'none'}"
      spellcheck="false"
      ${digits ? html`inputmode="numeric" data-six maxlength="20" dir="ltr"` : html`maxlength="1024"`}
      ${type === 'email' || spelled ? html`dir="ltr"` : ''}
      ${required ? html`required` : ''}
      ${autofocus && !look.framed ? html`autofocus` : ''}
      ${problem === undefined ? '' : html`aria-invalid="true" aria-describedby="${id}-problem"`}
    />
    ${problem === undefined ? '' : html`<p class="ak-Error" id="${id}-problem" role="alert">${problem}</p>`}
  </div>`
}

export function alert(problem: string | undefined): Html | string {
  return problem === undefined ? '' : html`<div class="ak-Alert" role="alert">${problem}</div>`
}

export function notice(text: string | undefined): Html | string {
  return text === undefined ? '' : html`<div class="ak-Notice" role="status">${text}</div>`
}

/** Who it is about, with a way to say that it is somebody else. Also for password managers, which look for the name. */
export function account(context: ScreenContext, email: string): Html {
  return html`<div class="ak-Account">
    <span dir="auto">${email}</span>
    <a class="ak-Link" href="${context.action('sign-in')}">${context.say('change')}</a>
  </div>`
}

export function usernameFor(email: string): Html {
  return html`<input
    class="ak-Hidden"
    type="email"
    name="username"
    value="${email}"
    autocomplete="username"
    tabindex="-1"
    aria-hidden="true"
    readonly
  />`
}

/** Text to copy, whole where the eye sees it in groups. */
export function secret({ say }: ScreenContext, text: string, shown = text): Html {
  return html`<div class="ak-Secret" dir="ltr">
    <code id="secret" data-text="${text}">${shown}</code>
    <button class="ak-LinkButton" type="button" hidden data-copy="secret" data-done="${say('copied')}">
      ${say('copy')}
    </button>
  </div>`
}

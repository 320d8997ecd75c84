import { html } from 'hono/html'
import type { Html } from './page.ts'

export interface Field {
  readonly name: string
  readonly label: string
  readonly value?: string
  readonly hint?: string
  readonly type?: 'email' | 'text' | 'url' | 'number'
  readonly error?: string
  readonly required?: boolean
  readonly autofocus?: boolean
}

/** A labelled text field; its error, when it has one, is tied to it and takes the focus. */
export function textField(field: Field): Html {
  const described = [field.hint && `${field.name}-hint`, field.error && `${field.name}-error`].filter(Boolean).join(' ')
  return html`<div class="field">
    <label for="${field.name}">${field.label}</label>
    <input
      id="${field.name}"
      name="${field.name}"
      type="${field.type ?? 'text'}"
      value="${field.value ?? ''}"
      autocomplete="off"
      spellcheck="false"
      ${field.required === true ? ' required' : ''}${field.error ? ' aria-invalid="true" autofocus' : ''}${described ? html` aria-describedby="${described}"` : ''}
    />
    ${field.hint ? html`<p class="hint" id="${field.name}-hint">${field.hint}</p>` : ''}
    ${field.error ? html`<p class="alert" id="${field.name}-error" role="alert">${field.error}</p>` : ''}
  </div>`
}

export function hidden(fields: Readonly<Record<string, string | undefined>>): Html {
  const inputs = Object.entries(fields)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
  return html`${inputs}`
}

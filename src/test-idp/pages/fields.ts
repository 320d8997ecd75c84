import { html } from 'hono/html'
import type { Html } from './page.ts'

interface Field {
  readonly name: string
  /** Where a page has several of that name; the name otherwise. */
  readonly id?: string
  readonly label: string
  readonly value?: string
  readonly hint?: string
  readonly type?: 'email' | 'text' | 'url' | 'number' | 'password'
  readonly error?: string
  readonly required?: boolean
}

/** A labelled text field; its error, when it has one, is tied to it and takes the focus. */
export function textField(field: Field): Html {
  const { name, id = name, value = '' } = field
  return labelled(
    field,
    html`<input
      id="${id}"
      name="${name}"
      type="${field.type ?? 'text'}"
      value="${value}"
      autocomplete="${field.type === 'password' ? 'new-password' : 'off'}"
      ${attributes(field)}
    />`,
  )
}

/** The same, for text of several lines. */
export function textArea(field: Field): Html {
  const { name, value = '' } = field
  // HTML drops one line break after the start tag, so a value that begins with one keeps it.
  return labelled(field, html`<textarea id="${name}" name="${name}" ${attributes(field)}>${'\n'}${value}</textarea>`)
}

function labelled({ name, id = name, label, hint, error }: Field, control: Html): Html {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${control} ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}
    ${error ? html`<p class="alert" id="${id}-error" role="alert">${error}</p>` : ''}
  </div>`
}

function attributes({ name, id = name, hint, error, required }: Field): Html {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return html`spellcheck="false" ${required === true ? 'required' : ''}
  ${error ? html`aria-invalid="true" autofocus` : ''} ${described ? html`aria-describedby="${described}"` : ''}`
}

export function hidden(fields: Readonly<Record<string, string | undefined>>): Html {
  const inputs = Object.entries(fields)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
  return html`${inputs}`
}

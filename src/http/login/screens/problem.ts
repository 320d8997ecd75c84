import { html } from 'hono/html'
import type { Screen, PageKey } from '../frame.ts'
import type { ScreenContext } from './parts.ts'

export interface ProblemView {
  readonly page?: PageKey
  readonly heading: string
  readonly text: string
  /** Leads an administrator to the exact reason. */
  readonly reference?: string | undefined
  readonly to?: { readonly label: string; readonly url: string } | undefined
  /** In staging alone: what its developer would want to know. */
  readonly details?: string | undefined
  readonly status: number
}

/** One heading, one cause, one thing to do. */
export function problemScreen({ say }: Pick<ScreenContext, 'say'>, view: ProblemView): Screen {
  return {
    page: view.page ?? 'not-found',
    heading: view.heading,
    body: html`<p class="ak-Text">${view.text}</p>
      ${
        view.reference === undefined
          ? ''
          : html`<dl class="ak-Facts">
                <div>
                  <dt>${say('reference')}</dt>
                  <dd>${view.reference}</dd>
                </div>
              </dl>
              <p class="ak-Text">${say('referenceText')}</p>`
      }
      ${view.to === undefined ? '' : html`<a class="ak-PrimaryButton" href="${view.to.url}">${view.to.label}</a>`}
      ${
        view.details === undefined
          ? ''
          : html`<details class="ak-Details" lang="en" dir="ltr">
              <summary>Developer details</summary>
              <pre>${view.details}</pre>
            </details>`
      }`,
    status: view.status,
  }
}

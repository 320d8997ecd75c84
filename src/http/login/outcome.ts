import type { Next } from '#domain/login/advance.ts'
import type { Step } from '#domain/login/state.ts'
import type { Say } from '#domain/locales/catalogue.ts'
import type { Client } from '#domain/sso/attempts.ts'
import type { Deps } from '../deps.ts'
import type { Screen } from './frame.ts'
import type { Mishap } from './show.ts'
import type { Visit } from './visit.ts'

/** What a form led to: on to somewhere, or the same page again with what was wrong. */
export type Outcome =
  | Next
  | { readonly kind: 'again'; readonly step: Exclude<Step, 'sso' | 'mfa/kept'>; readonly mishap: Mishap }
  /** Shown now and never again. */
  | { readonly kind: 'show'; readonly screen: Screen }

export interface Submission {
  readonly deps: Deps
  readonly visit: Visit
  readonly form: URLSearchParams
  readonly client: Client & { readonly ipAddress: string }
}

export type Action = (submission: Submission) => Promise<Outcome>

export function again(step: Extract<Outcome, { kind: 'again' }>['step'], mishap: Mishap): Outcome {
  return { kind: 'again', step, mishap }
}

export function waitFor(say: Say, seconds: number): Mishap {
  return { problem: say('tooMany', { count: seconds }), status: 429 }
}

export function isWrong(answer: { readonly kind: string; readonly verdict?: string }): boolean {
  return answer.kind === 'refused' && answer.verdict === 'incorrect'
}

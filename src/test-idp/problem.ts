import type { RegistryProblem } from './registry.ts'

/** Something we cannot answer, in words for the developer in front of the browser. */
export interface Problem {
  readonly status: 400 | 403 | 404 | 409 | 413 | 415 | 422
  /** Stable, for programs. */
  readonly code: string
  /** What was found. */
  readonly cause: string
  /** What to do about it. */
  readonly nextStep: string
  /** The page to do it on. */
  readonly href: string
}

export function problem(
  status: Problem['status'],
  code: string,
  cause: string,
  nextStep: string,
  href = '/test-idp',
): Problem {
  return { status, code, cause, nextStep, href }
}

export function unknownIdp(slug: string): Problem {
  return problem(
    404,
    'unknown_idp',
    `There is no test identity provider called “${slug}”.`,
    'Pick one from the list, or create it there. Those made without a data folder are gone after a restart.',
  )
}

export function registryProblem(code: RegistryProblem, slug: string): Problem {
  switch (code) {
    case 'unknown_idp':
      return unknownIdp(slug)
    case 'slug_taken':
      return problem(409, code, `There already is an identity provider called “${slug}”.`, 'Choose another slug.')
    case 'too_many_idps':
      return problem(
        409,
        code,
        'There are as many test identity providers as this tool keeps.',
        'Delete files from its folder and restart, or use one that exists.',
      )
    case 'too_many_service_providers':
      return problem(
        409,
        code,
        `“${slug}” has as many registered service providers as this tool keeps.`,
        'Create another test identity provider.',
      )
    default:
      return code satisfies never
  }
}

/** A sentence per field of a form. */
export type FieldErrors = ReadonlyMap<string, string>

import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { SsoSessionId, TestSsoRunId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'test-sso'
const nullableString = Type.Union([Type.String(), Type.Null()])

/** The four ways a sign-in meets an application. */
export const testSsoScenarios = ['sp_initiated', 'idp_initiated', 'guest_email_domain', 'error_response'] as const
export type TestSsoScenario = (typeof testSsoScenarios)[number]

/** How the application signs people in: `/sso/authorize` and `/sso/token`, or the hosted login box. */
export const testSsoFlows = ['standalone', 'authkit'] as const
export type TestSsoFlow = (typeof testSsoFlows)[number]

export interface TestSsoGuide {
  readonly title: string
  readonly text: string
  /** What to do at the test identity provider, for people. */
  readonly atIdp: string
  /** The same for programs: what to add to the query of its sign-in address. */
  readonly choice: Readonly<Partial<Record<'user' | 'scenario', string>>>
}

/** What each scenario is about, for pages and command line alike. */
export const testSsoGuides: Readonly<Record<TestSsoScenario, TestSsoGuide>> = {
  sp_initiated: {
    title: 'Service provider-initiated SSO',
    text: 'Somebody signs in from your sign-in page: to the identity provider, and back to your application.',
    atIdp: 'Sign in as one of the sample users.',
    choice: { user: 'lela.block@example.com' },
  },
  idp_initiated: {
    title: 'Identity provider-initiated SSO',
    text: 'Somebody opens your application from the portal of their company. Your application did not ask and sees no state of its own.',
    atIdp: 'Sign in as one of the sample users.',
    choice: { user: 'lela.block@example.com' },
  },
  guest_email_domain: {
    title: 'Guest email domain',
    text: 'Somebody signs in whose e-mail is of none of the organization’s verified domains.',
    atIdp: 'Choose Guest email domain, freelancer@guest.test.',
    choice: { user: 'freelancer@guest.test' },
  },
  error_response: {
    title: 'Error response',
    text: 'The identity provider could not sign somebody in and says so.',
    atIdp: 'Choose Error response instead of signing in.',
    choice: { scenario: 'error-response' },
  },
}

export const testSsoSteps = ['request_seen', 'response_received', 'code_exchanged'] as const
export type TestSsoStep = (typeof testSsoSteps)[number]

export const TestSsoRun = Type.Object({
  object: Type.Literal('test_sso_run'),
  id: TestSsoRunId,
  scenario: Type.Enum([...testSsoScenarios]),
  flow: Type.Enum([...testSsoFlows]),
  /** Where a browser begins. */
  url: Type.String(),
  redirect_uri: Type.String(),
  state: Type.Enum(['waiting', 'under_way', 'passed', 'failed']),
  /** What has to be seen, in its order, and when it was. */
  steps: Type.Array(Type.Object({ step: Type.Enum([...testSsoSteps]), at: Type.Union([Timestamp, Type.Null()]) })),
  expected: Type.String(),
  /** Null until something did. */
  happened: nullableString,
  /** Code of the error that the application is to receive; null where it is to receive a code, or nothing. */
  expected_error: nullableString,
  email: nullableString,
  sign_in_attempt_id: Type.Union([SsoSessionId, Type.Null()]),
  created_at: Timestamp,
})
export type TestSsoRun = Static<typeof TestSsoRun>

export const TestSsoRunCreate = Type.Object({
  scenario: Type.Enum([...testSsoScenarios]),
  flow: Type.Optional(Type.Enum([...testSsoFlows])),
  /** Registered; the default one unless given. An unasked sign-in always ends at the default one. */
  redirect_uri: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
})
export type TestSsoRunCreate = Static<typeof TestSsoRunCreate>

export const startTestSsoRun = endpoint({
  operationId: 'startTestSsoRun',
  method: 'POST',
  path: '/test_sso_runs',
  summary: 'Begin a scenario of Test SSO: where a browser is to go, and what should come of it',
  tag,
  access: 'api_key',
  extension: true,
  body: TestSsoRunCreate,
  success: { status: 201, body: TestSsoRun },
  errors: {
    400: ['redirect_uri_not_registered', 'scenario_needs_authkit', 'scenario_needs_standalone', 'test_sso_unavailable'],
    422: [],
  },
})

export const listTestSsoRuns = endpoint({
  operationId: 'listTestSsoRuns',
  method: 'GET',
  path: '/test_sso_runs',
  summary: 'List runs of Test SSO, newest first',
  tag,
  access: 'api_key',
  extension: true,
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(TestSsoRun) },
})

export const getTestSsoRun = endpoint({
  operationId: 'getTestSsoRun',
  method: 'GET',
  path: '/test_sso_runs/{id}',
  summary: 'How far a run of Test SSO is, and what came of it',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: TestSsoRunId }),
  success: { status: 200, body: TestSsoRun },
  errors: { 404: ['entity_not_found'] },
})

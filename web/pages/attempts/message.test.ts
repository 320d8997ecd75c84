import { expect, test } from 'vitest'
import { samlGuideFor } from '#contracts/guides/find-guide.ts'
import { messageFor } from './message.ts'

const attempt = { id: 'sso_session_1', created_at: '2026-03-01T12:00:00.000Z', email: 'a@acme.test' } as const

test('the message names what was expected, what came, and the field of that identity provider', () => {
  const finding = {
    code: 'wrong_audience',
    check: 'audience',
    clause: 'SAML core §2.5.1.4',
    message: 'The response is for somebody else.',
    expected: ['https://us.test/sp'],
    received: ['https://them.test/sp'],
    side: 'identity_provider',
  } as const
  expect(
    messageFor(
      { ...finding, expected: [...finding.expected], received: [...finding.received] },
      attempt,
      samlGuideFor('OktaSAML'),
    ),
  ).toBe(`A sign-in of a@acme.test failed at 2026-03-01T12:00:00.000Z: The response is for somebody else.
Expected: https://us.test/sp
Received: https://them.test/sp
To change in the Okta admin dashboard: General → SAML Settings → Audience URI (SP Entity ID)
Reference: sso_session_1`)
})

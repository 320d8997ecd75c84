import type { ScimGuide } from './guide.ts'

export const genericScim: ScimGuide = {
  protocol: 'scim',
  provider: 'your identity provider',
  types: ['generic scim v2.0'],
  console: 'the identity provider’s console',
  steps: [
    {
      text: 'Turn on provisioning by SCIM 2.0 with a bearer token, and enter:',
      fields: [
        { label: 'Base URL (or Tenant URL, Endpoint)', value: 'endpoint' },
        { label: 'Bearer token (or Secret Token, Access Token, Token Key)', value: 'bearer_token' },
      ],
      notes: ['The base URL goes in as it is: without /Users, without a slash at its end.'],
    },
    { text: 'Let it create, update and deactivate users, and push groups.' },
    { text: 'Assign people and groups. They show here as they arrive.' },
  ],
  attributes: [
    { name: 'userName', source: 'sign-in name', reads: 'username' },
    { name: 'emails', source: 'e-mail address', reads: 'email' },
    { name: 'name.givenName', source: 'given name', reads: 'first_name' },
    { name: 'name.familyName', source: 'family name', reads: 'last_name' },
    { name: 'externalId', source: 'an id that never changes', reads: 'idp_id' },
  ],
  gotchas: ['Groups hold people only once the people were provisioned.'],
}

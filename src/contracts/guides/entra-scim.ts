import type { ScimGuide } from './guide.ts'

export const entraScim: ScimGuide = {
  protocol: 'scim',
  provider: 'Entra ID',
  types: ['azure scim v2.0'],
  console: 'Microsoft Entra admin center',
  steps: [
    {
      text: 'Open the enterprise application and go to **Provisioning** → **Get started**; set the mode to **Automatic**.',
    },
    {
      text: 'Under **Admin Credentials**, enter:',
      fields: [
        { label: 'Tenant URL', value: 'endpoint' },
        { label: 'Secret Token', value: 'bearer_token' },
      ],
    },
    { text: 'Click **Test Connection**, then **Save**. This page notices.' },
    { text: 'Under **Mappings** → **Provision Microsoft Entra ID Users**, map **objectId** to **externalId**.' },
    { text: 'Under **Users and groups**, assign the people and groups to provision.' },
    { text: 'Set **Provisioning Status** to **On** with the scope **Sync only assigned users and groups**.' },
  ],
  attributes: [
    { name: 'userName', source: 'userPrincipalName', reads: 'username' },
    { name: 'emails[type eq "work"].value', source: 'mail', reads: 'email' },
    { name: 'name.givenName', source: 'givenName', reads: 'first_name' },
    { name: 'name.familyName', source: 'surname', reads: 'last_name' },
    { name: 'title', source: 'jobTitle', reads: 'job_title' },
  ],
  gotchas: [
    'A cycle takes about 40 minutes. **Provision on demand** sends one person at once.',
    'A new person arrives as a creation and an update: two events.',
    'Somebody who is enabled again gets their groups back only after **Restart provisioning**.',
  ],
}

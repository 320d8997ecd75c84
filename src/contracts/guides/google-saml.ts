import type { SamlGuide } from './guide.ts'

export const googleSaml: SamlGuide = {
  protocol: 'saml',
  provider: 'Google',
  types: ['GoogleSAML'],
  console: 'Google Admin console',
  metadata: 'file',
  steps: [
    { text: 'Go to **Apps** → **Web and mobile apps** → **Add app** → **Add custom SAML app** and name it.' },
    {
      text: 'On **Google Identity Provider details**, choose **Download metadata**. The file is uploaded here at the end.',
    },
    {
      text: 'On **Service provider details**, enter:',
      fields: [
        { label: 'ACS URL', value: 'acs_url' },
        { label: 'Entity ID', value: 'sp_entity_id' },
      ],
    },
    { text: 'On **Attribute mapping**, add the attributes below; groups under **Group membership**.' },
    { text: 'Open **User access** of the app and turn it **ON** for those who may sign in.' },
    { text: 'Upload the metadata file here: Google has no address for it.' },
  ],
  attributes: [
    { name: 'email', source: 'Primary email', reads: 'email' },
    { name: 'firstName', source: 'First name', reads: 'first_name' },
    { name: 'lastName', source: 'Last name', reads: 'last_name' },
    { name: 'groups', source: 'Group membership', reads: 'groups' },
  ],
  gotchas: [
    'Google sends no attribute that is an id: the NameID is taken instead.',
    'Changes may take up to 24 hours over there. A sign-in that fails meanwhile may be Google’s doing.',
  ],
  fixes: {
    wrong_audience: '**Service provider details** → **Entity ID**',
    no_audience: '**Service provider details** → **Entity ID**',
    wrong_recipient: '**Service provider details** → **ACS URL**',
    wrong_destination: '**Service provider details** → **ACS URL**',
    wrong_issuer: '**Download metadata** of this very app and upload it here',
    wrong_signature: '**Download metadata** after the certificate was renewed, and upload it here',
    response_not_signed: '**Service provider details** → **Signed response**',
    idp_status: '**User access**: ON for everyone, or for the organizational unit of the person',
    email_missing: '**Attribute mapping**: Primary email → email',
  },
}

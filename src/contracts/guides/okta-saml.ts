import type { SamlGuide } from './guide.ts'

export const oktaSaml: SamlGuide = {
  protocol: 'saml',
  provider: 'Okta',
  types: ['OktaSAML'],
  console: 'Okta admin dashboard',
  metadata: 'url',
  steps: [
    {
      text: 'Go to **Applications** → **Create App Integration** → **SAML 2.0**, or open the application if it exists.',
      notes: ['Asked about the app, answer **I’m an Okta customer adding an internal app**.'],
    },
    {
      text: 'On the **General** tab, enter:',
      fields: [
        { label: 'Single sign-on URL', value: 'acs_url' },
        { label: 'Audience URI (SP Entity ID)', value: 'sp_entity_id' },
      ],
      notes: ['Leave **Use this for Recipient URL and Destination URL** ticked.'],
    },
    { text: 'Under **Attribute Statements**, use **Add Another** to send the attributes below.' },
    {
      text: 'On the **Assignments** tab, add the people and groups who may sign in.',
      notes: ['Whoever is not assigned is stopped by Okta with a 403 and never reaches you.'],
    },
    {
      text: 'On the **Sign On** tab, open **Actions** beside the active certificate and choose **View IdP Metadata**. Copy the address of the page that opens and paste it here.',
    },
  ],
  attributes: [
    { name: 'id', source: 'user.id', reads: 'idp_id' },
    { name: 'email', source: 'user.email', reads: 'email' },
    { name: 'firstName', source: 'user.firstName', reads: 'first_name' },
    { name: 'lastName', source: 'user.lastName', reads: 'last_name' },
    { name: 'groups', source: 'Group Attribute Statement, matches regex .*', reads: 'groups' },
  ],
  gotchas: [
    'The address of the admin console is not the metadata: its path ends in /sso/saml/metadata.',
    'Use the metadata of the certificate that is marked active.',
  ],
  fixes: {
    wrong_audience: '**General** → **SAML Settings** → **Audience URI (SP Entity ID)**',
    no_audience: '**General** → **SAML Settings** → **Audience URI (SP Entity ID)**',
    wrong_recipient:
      '**General** → **SAML Settings** → **Single sign-on URL**, with **Use this for Recipient URL and Destination URL** ticked',
    wrong_destination:
      '**General** → **SAML Settings** → **Single sign-on URL**, with **Use this for Recipient URL and Destination URL** ticked',
    wrong_issuer: '**Sign On** → **View IdP Metadata** of this very application: the metadata here is another one’s',
    wrong_signature: '**Sign On** → **SAML Signing Certificates** → **View IdP Metadata** of the active certificate',
    not_signed: '**General** → **SAML Settings** → **Show Advanced Settings** → **Assertion Signature**: Signed',
    response_not_signed: '**General** → **SAML Settings** → **Show Advanced Settings** → **Response**: Signed',
    sha1: '**General** → **SAML Settings** → **Show Advanced Settings** → **Signature Algorithm**: RSA-SHA256',
    idp_status: '**Assignments**: assign the person or a group of theirs to the application',
    email_missing: '**General** → **SAML Settings** → **Attribute Statements**: email = user.email',
  },
}

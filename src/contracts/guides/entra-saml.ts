import type { SamlGuide } from './guide.ts'

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

export const entraSaml: SamlGuide = {
  protocol: 'saml',
  provider: 'Entra ID',
  types: ['AzureSAML'],
  console: 'Microsoft Entra admin center',
  metadata: 'url',
  steps: [
    {
      text: 'Go to **Enterprise applications** → **New application** → **Create your own application** and choose **Integrate any other application (Non-gallery)**.',
    },
    {
      text: 'Open **Single sign-on** → **SAML** and edit **Basic SAML Configuration**:',
      fields: [
        { label: 'Identifier (Entity ID)', value: 'sp_entity_id' },
        { label: 'Reply URL (Assertion Consumer Service URL)', value: 'acs_url' },
      ],
    },
    {
      text: 'Leave **Attributes & Claims** as it is: the standard claims below are read. For groups choose **Add a group claim**.',
    },
    { text: 'Under **Users and groups**, assign the people and groups who may sign in.' },
    { text: 'Under **SAML Certificates**, copy the **App Federation Metadata Url** and paste it here.' },
  ],
  attributes: [
    { name: 'http://schemas.microsoft.com/identity/claims/objectidentifier', source: 'sent always', reads: 'idp_id' },
    { name: `${claims}/emailaddress`, source: 'user.mail', reads: 'email' },
    { name: `${claims}/givenname`, source: 'user.givenname', reads: 'first_name' },
    { name: `${claims}/surname`, source: 'user.surname', reads: 'last_name' },
    { name: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', source: 'group claim', reads: 'groups' },
  ],
  gotchas: [
    'People without a mailbox have no user.mail, and nothing is sent for it: map user.userprincipalname to emailaddress instead.',
    'Groups arrive as object ids unless the group claim is set to another source attribute.',
  ],
  fixes: {
    wrong_audience: '**Single sign-on** → **Basic SAML Configuration** → **Identifier (Entity ID)**',
    no_audience: '**Single sign-on** → **Basic SAML Configuration** → **Identifier (Entity ID)**',
    wrong_recipient: '**Single sign-on** → **Basic SAML Configuration** → **Reply URL**',
    wrong_destination: '**Single sign-on** → **Basic SAML Configuration** → **Reply URL**',
    wrong_issuer: '**SAML Certificates** → **App Federation Metadata Url** of this very application',
    wrong_signature:
      '**SAML Certificates** → **App Federation Metadata Url**: read it again after a certificate was renewed',
    not_signed: '**SAML Certificates** → **Signing Option**: Sign SAML assertion',
    response_not_signed: '**SAML Certificates** → **Signing Option**: Sign SAML response and assertion',
    sha1: '**SAML Certificates** → **Signing Algorithm**: SHA-256',
    idp_status: '**Users and groups**: assign the person (AADSTS50105 says that they are not)',
    email_missing:
      '**Attributes & Claims**: emailaddress = user.mail, or user.userprincipalname where there is no mailbox',
  },
}

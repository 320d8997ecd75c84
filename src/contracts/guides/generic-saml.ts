import type { SamlGuide } from './guide.ts'

/** For whoever has no guide of their own: what the fields may be called over there. */
export const genericSaml: SamlGuide = {
  protocol: 'saml',
  provider: 'your identity provider',
  types: ['GenericSAML'],
  console: 'the identity provider’s console',
  metadata: 'either',
  steps: [
    {
      text: 'Make an application that signs in by SAML 2.0, and give it:',
      fields: [
        { label: 'ACS URL (or Reply URL, Consumer URL, Recipient, Destination)', value: 'acs_url' },
        { label: 'Entity ID (or Audience, Identifier, Relying party id)', value: 'sp_entity_id' },
      ],
      notes: ['Where metadata can be imported, the SP Metadata URL says both.'],
    },
    { text: 'Have it sign the assertion, and send the attributes below.' },
    { text: 'Let the people who may sign in use the application.' },
    {
      text: 'Paste its metadata URL here, upload its metadata file, or switch to manual configuration and enter sign-on URL, entity id and certificate.',
    },
  ],
  attributes: [
    { name: 'id', source: 'an id that never changes', reads: 'idp_id' },
    { name: 'email', source: 'e-mail address', reads: 'email' },
    { name: 'firstName', source: 'given name', reads: 'first_name' },
    { name: 'lastName', source: 'family name', reads: 'last_name' },
    { name: 'groups', source: 'names of groups, optional', reads: 'groups' },
  ],
  gotchas: ['Metadata of a service provider is not what is needed: ask for that of the identity provider.'],
  fixes: {
    wrong_audience: 'Set the audience (entity id) of the application to the SP Entity ID shown here',
    no_audience: 'Have the assertion name its audience: the SP Entity ID shown here',
    wrong_recipient: 'Set recipient and destination to the ACS URL shown here',
    wrong_destination: 'Set recipient and destination to the ACS URL shown here',
    wrong_issuer: 'Take the metadata of this very application and save it here',
    wrong_signature: 'The signing certificate is another one now: save the present metadata here',
    not_signed: 'Have it sign the assertion',
    response_not_signed: 'Have it sign the response',
    sha1: 'Have it sign with RSA-SHA256',
    idp_status: 'Look whether the person may use the application over there',
    email_missing: 'Send the address as an attribute named email',
  },
}

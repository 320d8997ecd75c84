import type { ScimGuide } from './guide.ts'

export const oktaScim: ScimGuide = {
  protocol: 'scim',
  provider: 'Okta',
  types: ['okta scim v2.0'],
  console: 'Okta admin dashboard',
  steps: [
    {
      text: 'Open your application. If it has no **Provisioning** tab, choose **Browse App Catalog**, search for **SCIM 2.0 Test App (OAuth Bearer Token)** and select **Add Integration**.',
      notes: ['An application of your own has the tab once **App Settings** → **Provisioning** is set to SCIM.'],
    },
    {
      text: 'On the **Provisioning** tab choose **Configure API Integration**, check **Enable API Integration** and enter:',
      fields: [
        { label: 'SCIM 2.0 Base URL', value: 'endpoint' },
        { label: 'OAuth Bearer Token', value: 'bearer_token' },
      ],
    },
    { text: 'Click **Test API Credentials**, then **Save**. This page notices.' },
    {
      text: 'Under **To App**, check **Create Users**, **Update User Attributes** and **Deactivate Users**, then **Save**.',
    },
    { text: 'On the **Assignments** tab choose **Assign** → **Assign to People** and select whom to provision.' },
    {
      text: 'On the **Push Groups** tab choose **Find groups by name**, select the group, check **Push Immediately** and **Save**.',
    },
  ],
  attributes: [
    { name: 'userName', source: 'Okta username', reads: 'username' },
    { name: 'emails', source: 'user.email', reads: 'email' },
    { name: 'name.givenName', source: 'user.firstName', reads: 'first_name' },
    { name: 'name.familyName', source: 'user.lastName', reads: 'last_name' },
    { name: 'title', source: 'user.title', reads: 'job_title' },
  ],
  gotchas: [
    'Updates never arrive while Update User Attributes is off.',
    'Suspending somebody in Okta does nothing here; deactivating does.',
    'Somebody who leaves a group that assigned them sends no message about that group.',
  ],
}

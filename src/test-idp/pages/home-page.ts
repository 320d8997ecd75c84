import { html } from 'hono/html'
import {
  testIdpEntityId,
  testIdpHomeUrl,
  testIdpLaunchUrl,
  testIdpMetadataUrl,
  testIdpOidcUrl,
  testIdpProvisioningUrl,
  testIdpSsoUrl,
} from '../addresses.ts'
import { type Idp, kindOf, publishedCertificates } from '../idp.ts'
import { oidcTestSecret } from '../oidc/secret.ts'
import { fullName, sampleUsers } from '../people.ts'
import { answerRule, type ServiceProvider } from '../service-provider.ts'
import { certificateOf } from '../signing-key.ts'
import { textArea, textField } from './fields.ts'
import type { Html, Page, Refused } from './page.ts'

export function homePage(idp: Idp, baseUrl: string, refused?: Refused): Page {
  const metadataUrl = testIdpMetadataUrl(baseUrl, idp.slug)
  return {
    title: idp.name,
    status: refused ? 422 : 200,
    body: html`<h1>${idp.name}</h1>
      <p class="soft">${kindOf(idp).title}. ${kindOf(idp).description}</p>
      <section class="card" aria-labelledby="apps">
        <h2 id="apps">Your apps</h2>
        ${
          idp.serviceProviders.length === 0
            ? html`<p class="soft">
                None yet. A service provider appears here after its first sign-in, or once you register it below.
              </p>`
            : html`<p class="soft small">
                  Opening one signs you in from here (IdP-initiated): the app gets a response it never asked for.
                </p>
                <ul class="plain tiles">
                  ${idp.serviceProviders.toReversed().map((serviceProvider) => tile(idp, serviceProvider))}
                </ul>`
        }
      </section>
      <section class="card" aria-labelledby="setup">
        <h2 id="setup">For the service provider</h2>
        <dl>
          <div>
            <dt>Metadata URL</dt>
            <dd><a href="${metadataUrl}">${metadataUrl}</a></dd>
          </div>
          <div>
            <dt>Entity ID (issuer)</dt>
            <dd><code>${testIdpEntityId(baseUrl, idp.slug)}</code></dd>
          </div>
          <div>
            <dt>Sign-in URL (Redirect and POST)</dt>
            <dd><code>${testIdpSsoUrl(baseUrl, idp.slug)}</code></dd>
          </div>
          <div>
            <dt>OpenID Connect issuer</dt>
            <dd><code>${testIdpOidcUrl(baseUrl, idp.slug)}</code></dd>
          </div>
          <div>
            <dt>OpenID Connect client</dt>
            <dd>any client id, with the secret <code>${oidcTestSecret}</code></dd>
          </div>
          ${publishedCertificates(idp).map((certificate, index) => certificateFacts(certificate, index))}
        </dl>
      </section>
      <section class="card" aria-labelledby="users">
        <h2 id="users">Sample users</h2>
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Email</th>
              <th scope="col">Id</th>
              <th scope="col">Groups</th>
            </tr>
          </thead>
          <tbody>
            ${sampleUsers.map(
              (user) =>
                html`<tr>
                  <th scope="row">${fullName(user)}</th>
                  <td>${user.email}</td>
                  <td><code>${user.id}</code></td>
                  <td>${user.groups.join(', ') || '–'}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </section>
      <section class="card" aria-labelledby="provisioning">
        <h2 id="provisioning">Provisioning</h2>
        <p class="soft small">Have these users and their groups sent to a directory by SCIM.</p>
        <p><a href="${testIdpProvisioningUrl('', idp.slug)}">Apps with provisioning</a></p>
      </section>
      <section class="card" aria-labelledby="register">
        <h2 id="register">Register a service provider</h2>
        <p class="soft small">${answerRule}</p>
        ${registerForm(idp, refused)}
      </section>
      <section class="card" aria-labelledby="rotate">
        <h2 id="rotate">Rotate the signing key</h2>
        <p class="soft small">
          From then on responses are signed with a new key. Service providers must fetch the metadata again.
        </p>
        <form method="post" action="${testIdpHomeUrl('', idp.slug)}/rotate">
          ${textField({ name: 'days', label: 'Certificate valid for (days)', type: 'number', value: refused?.values.get('days') ?? '3650', error: refused?.errors.get('days') ?? '' })}
          <p><button class="quiet">Rotate the key</button></p>
        </form>
      </section>`,
  }
}

function tile(idp: Idp, serviceProvider: ServiceProvider): Html {
  const href = testIdpLaunchUrl('', idp.slug, { serviceProvider: serviceProvider.entityId })
  return html`<li>
    <a class="row" href="${href}"
      ><strong>${new URL(serviceProvider.acsUrl).host}</strong><small>${serviceProvider.entityId}</small
      ><small
        >${serviceProvider.registered ? 'registered' : 'seen in a request'}${serviceProvider.encryptionCertificate === null ? '' : ', can be sent encrypted assertions'}</small
      ></a
    >
  </li>`
}

function certificateFacts(base64Der: string, index: number): Html {
  const certificate = certificateOf(base64Der)
  return html`<div>
    <dt>${index === 0 ? 'Signing certificate' : 'Certificate before the last rotation'}</dt>
    <dd>
      valid until ${certificate.validToDate.toISOString().slice(0, 10)}, SHA-256
      <code>${certificate.fingerprint256}</code>
    </dd>
  </div>`
}

function registerForm(idp: Idp, refused: Refused | undefined): Html {
  const field = (name: string) => ({
    name,
    value: refused?.values.get(name) ?? '',
    error: refused?.errors.get(name) ?? '',
  })
  const pem = 'PEM, or the text of X509Certificate in its metadata.'
  return html`<form method="post" action="${testIdpHomeUrl('', idp.slug)}/service-providers">
    ${textField({ ...field('entity_id'), label: 'SP Entity ID (audience)', required: true })}
    ${textField({ ...field('acs_url'), label: 'ACS URL (single sign-on URL)', type: 'url', required: true })}
    ${textArea({ ...field('encryption_certificate'), label: 'Encryption certificate (optional)', hint: `Needed for encrypted assertions. ${pem}` })}
    ${textArea({ ...field('signing_certificate'), label: 'Signing certificate (optional)', hint: `With it, only requests signed with it are answered. ${pem}` })}
    <p><button>Register</button></p>
  </form>`
}

import { attribute, complex, exact, plural, primary } from './attribute.ts'
import type { Schema } from './schema.ts'

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const enterpriseUserUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const workHomeOther = ['work', 'home', 'other']

/**
 * RFC 7643 §4.1 and §8.7.1. Case rules that differ from the RFC's listing say what this server does: identifiers of
 * resources are case-exact here, and references are by §2.3.7.
 */
export const userSchema: Schema = {
  id: userUrn,
  name: 'User',
  description: 'User Account',
  attributes: [
    attribute('userName', 'The name the user signs in with. Unique without regard to case.', {
      required: true,
      uniqueness: 'server',
    }),
    complex('name', "The components of the user's name.", [
      attribute('formatted', 'The full name, ready for display.'),
      attribute('familyName', 'The family name, or last name.'),
      attribute('givenName', 'The given name, or first name.'),
      attribute('middleName', 'The middle names.'),
      attribute('honorificPrefix', 'The titles before the name.'),
      attribute('honorificSuffix', 'The titles after the name.'),
    ]),
    attribute('displayName', 'The name of the user, for display.'),
    attribute('nickName', 'The casual way to address the user.'),
    exact('profileUrl', "The address of the user's profile.", { type: 'reference', referenceTypes: ['external'] }),
    attribute('title', 'The job title.'),
    attribute('userType', 'The relationship between the organization and the user, such as Employee.'),
    attribute('preferredLanguage', 'The preferred languages, as in an Accept-Language header.'),
    attribute('locale', 'How to localize dates, numbers and currency.'),
    attribute('timezone', 'The time zone, as in the IANA database.'),
    attribute('active', 'Whether the user may use the application.', { type: 'boolean' }),
    exact('password', 'Accepted for compatibility and discarded: this server does not sign people in by it.', {
      mutability: 'writeOnly',
      returned: 'never',
    }),
    plural('emails', 'Email addresses.', attribute('value', 'The email address.'), workHomeOther),
    plural('phoneNumbers', 'Phone numbers.', attribute('value', 'The phone number.'), [
      ...workHomeOther,
      'mobile',
      'fax',
      'pager',
    ]),
    plural('ims', 'Instant messaging addresses.', attribute('value', 'The address.')),
    plural(
      'photos',
      'Addresses of photos.',
      exact('value', 'The address of the photo.', { type: 'reference', referenceTypes: ['external'] }),
      ['photo', 'thumbnail'],
    ),
    complex(
      'addresses',
      'Postal addresses.',
      [
        attribute('formatted', 'The full address, ready for display or a label.'),
        attribute('streetAddress', 'Street, house number, post office box.'),
        attribute('locality', 'The city.'),
        attribute('region', 'The state or region.'),
        attribute('postalCode', 'The postal code.'),
        attribute('country', 'The country, as an ISO 3166-1 alpha-2 code.'),
        attribute('type', 'What the address is for.', { canonicalValues: workHomeOther }),
        primary,
      ],
      { multiValued: true },
    ),
    complex(
      'groups',
      'The groups the user is a member of. Changed through the groups.',
      [
        exact('value', 'The id of the group.', { mutability: 'readOnly' }),
        exact('$ref', 'The address of the group.', {
          type: 'reference',
          referenceTypes: ['Group'],
          mutability: 'readOnly',
        }),
        attribute('display', 'The name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'How the user became a member.', { canonicalValues: ['direct'], mutability: 'readOnly' }),
      ],
      { multiValued: true, mutability: 'readOnly' },
    ),
    plural('entitlements', 'Things the user is entitled to.', attribute('value', 'The entitlement.')),
    plural('roles', 'Roles of the user.', attribute('value', 'The role.')),
    plural(
      'x509Certificates',
      'Certificates of the user.',
      exact('value', 'The certificate: DER, base64-encoded.', { type: 'binary' }),
    ),
  ],
}

/** RFC 7643 §4.3. */
export const enterpriseUserSchema: Schema = {
  id: enterpriseUserUrn,
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    attribute('employeeNumber', 'The number the organization gave the employee.'),
    attribute('costCenter', 'The cost center.'),
    attribute('organization', 'The organization.'),
    attribute('division', 'The division.'),
    attribute('department', 'The department.'),
    complex('manager', "The user's manager.", [
      exact('value', "The id of the manager's user."),
      exact('$ref', "The address of the manager's user.", { type: 'reference', referenceTypes: ['User'] }),
      attribute('displayName', 'The name of the manager.', { mutability: 'readOnly' }),
    ]),
  ],
}

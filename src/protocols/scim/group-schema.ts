import { attribute, complex, exact } from './attribute.ts'
import type { Schema } from './schema.ts'

export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** RFC 7643 §4.2. Members are users: groups do not nest here, and the schema says so. */
export const groupSchema: Schema = {
  id: groupUrn,
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'The name of the group.', { required: true }),
    complex(
      'members',
      'The members of the group. Members are added and removed, never edited.',
      [
        // Required: dropping a member nobody can tell from a list would empty the group that is replaced by it.
        exact('value', 'The id of the member.', { mutability: 'immutable', required: true }),
        exact('$ref', 'The address of the member.', {
          type: 'reference',
          referenceTypes: ['User'],
          mutability: 'immutable',
        }),
        attribute('type', 'The kind of member.', { canonicalValues: ['User'], mutability: 'immutable' }),
        attribute('display', 'The name of the member.', { mutability: 'readOnly' }),
      ],
      { multiValued: true },
    ),
  ],
}

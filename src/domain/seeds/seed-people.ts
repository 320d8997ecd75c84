import * as Type from 'typebox'
import { Check } from 'typebox/value'
import { EmailAddress } from '#contracts/email-address.ts'
import type { UserId } from '#contracts/ids.ts'
import { PasswordHashType, UserCreate } from '#contracts/users.ts'
import { addressKey } from '../users/address.ts'
import { compact, type Located, type Path, type SeedFields, type SeedReader } from './seed-reader.ts'

export interface SeedUser extends Located {
  readonly id?: UserId
  readonly email: string
  readonly first_name?: string
  readonly last_name?: string
  readonly name?: string
  readonly email_verified?: boolean
  readonly external_id?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly password?: string
  readonly password_hash?: string
  readonly password_hash_type?: PasswordHashType
  readonly password_salt_position?: 'prefix' | 'suffix'
}

/** Somebody in the organization that it stands below. */
export interface SeedMembership extends Located {
  /** Of a user, in the file or in the environment. */
  readonly email: string
  readonly roles?: readonly string[]
  readonly status?: 'active' | 'inactive' | 'pending'
}

export interface SeedInvitation extends Located {
  readonly email: string
  /** The id, external id or name of an organization; left out for an invitation to the application alone. */
  readonly organization?: string
  readonly role?: string
  readonly expires_in_days?: number
  readonly locale?: string
}

export function readUser(reader: SeedReader, path: Path, value: unknown): SeedUser {
  const fields = reader.fields(
    path,
    value,
    [
      'id',
      'email',
      'first_name',
      'last_name',
      'name',
      'email_verified',
      'external_id',
      'metadata',
      'password',
      'password_hash',
      'password_hash_type',
      'password_salt_position',
    ],
    {
      oauth_provider: 'providers bring accounts at the first sign-in',
      oauth_idp_id: 'providers bring accounts at the first sign-in',
      totp: 'people enrol their second factors themselves',
      impersonator: 'the dashboard signs in as a user, with a reason',
      locale: 'people bring their language',
      profile_picture_url: 'identity providers bring pictures',
    },
  )
  const password = fields.get('password')
  // Read as a number, 0123 would be another password than the one that was written.
  if (password && typeof password.value !== 'string')
    reader.complain(password.path, 'password must be text: put it into quotes.')
  const said = compact({
    email: readEmail(reader, fields),
    first_name: fields.text('first_name'),
    last_name: fields.text('last_name'),
    name: fields.text('name'),
    email_verified: fields.flag('email_verified'),
    external_id: fields.text('external_id'),
    metadata: fields.texts('metadata'),
    password: typeof password?.value === 'string' ? fields.text('password') : undefined,
    password_hash: fields.text('password_hash'),
    password_hash_type: fields.shaped('password_hash_type', PasswordHashType),
    password_salt_position: fields.choice('password_salt_position', ['prefix', 'suffix']),
  })
  if (said.password !== undefined && said.password_hash !== undefined)
    reader.complain(path, 'a user has a password or the hash of one, not both.')
  if ((said.password_hash === undefined) !== (fields.get('password_hash_type') === undefined))
    reader.complain(path, 'password_hash and password_hash_type go together.')
  if (Check(EmailAddress, said.email)) reader.conforms(path, UserCreate, said)
  return compact({ line: fields.line, id: fields.id('id', 'user_'), ...said })
}

export function readMembership(reader: SeedReader, path: Path, value: unknown): SeedMembership {
  const fields = reader.fields(path, value, ['email', 'role', 'roles', 'status'])
  const role = fields.text('role')
  const roles = fields.textList('roles')
  if (role !== undefined && roles !== undefined) reader.complain(path, 'role and roles exclude each other.')
  if (roles?.length === 0) reader.complain([...path, 'roles'], 'a member has one role at least.')
  return compact({
    line: fields.line,
    email: readEmail(reader, fields),
    roles: roles ?? (role === undefined ? undefined : [role]),
    status: fields.choice('status', ['active', 'inactive', 'pending']),
  })
}

export function readInvitation(reader: SeedReader, path: Path, value: unknown): SeedInvitation {
  const fields = reader.fields(
    path,
    value,
    ['email', 'organization', 'organization_id', 'role', 'role_slug', 'expires_in_days', 'locale'],
    { inviter_user_id: 'the operator invites' },
  )
  // The vendor's emulator takes the words of the API.
  const organization = fields.text('organization') ?? fields.text('organization_id')
  const role = fields.text('role') ?? fields.text('role_slug')
  if (role !== undefined && organization === undefined)
    reader.complain(path, 'a role is one in an organization; say which.')
  return compact({
    line: fields.line,
    email: readEmail(reader, fields),
    organization,
    role,
    expires_in_days: fields.shaped('expires_in_days', Type.Integer({ minimum: 1, maximum: 30 })),
    locale: fields.text('locale'),
  })
}

/** In the form in which it is kept, so that Ada@Example.com is not news to ada@example.com. */
function readEmail(reader: SeedReader, fields: SeedFields<'email'>): string {
  const email = addressKey(fields.required('email'))
  const isAddress: boolean = Check(EmailAddress, email)
  if (email !== '' && !isAddress) reader.complain([...fields.path, 'email'], `"${email}" is not an email address.`)
  return email
}

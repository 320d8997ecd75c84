-- People who sign in to the application, and what they have shown to be theirs.
create table users (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  -- Lower case: the address is the key of a person, and mail systems that tell cases apart are extinct.
  email text collate "C" not null,
  email_verified boolean not null,
  first_name text,
  last_name text,
  name text,
  profile_picture_url text,
  locale text,
  external_id text collate "C",
  metadata jsonb not null default '{}',
  last_sign_in_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, email),
  unique (environment_id, external_id)
);

-- One password a person. `hash` is a PHC string; imported ones keep their own algorithm until the next sign-in.
create table user_passwords (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  hash text not null,
  -- Former hashes, newest first, as far as the policy remembers.
  history text[] not null default '{}',
  updated_at timestamptz not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);

-- What identity providers call a person. `provider` is a connection's realm for SSO ('realm_…'), else a provider's name.
create table user_identities (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  kind text not null check (kind in ('sso', 'oauth')),
  provider text collate "C" not null,
  idp_id text collate "C" not null,
  -- The latest profile of an SSO identity.
  profile_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, provider, idp_id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index user_identities_user on user_identities (environment_id, user_id);

-- Roles of the environment (organization_id null) and of single organizations.
create table roles (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  organization_id text collate "C",
  slug text collate "C" not null,
  name text not null,
  description text,
  is_default boolean not null default false,
  -- Order in which a person's roles decide which is theirs where only one fits; 0 is the strongest.
  priority integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique nulls not distinct (environment_id, organization_id, slug),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);

create table permissions (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  slug text collate "C" not null,
  name text not null,
  description text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, slug)
);

create table role_permissions (
  environment_id text collate "C" not null,
  role_id text collate "C" not null,
  permission_id text collate "C" not null,
  primary key (environment_id, role_id, permission_id),
  foreign key (environment_id, role_id) references roles (environment_id, id) on delete cascade,
  foreign key (environment_id, permission_id) references permissions (environment_id, id) on delete cascade
);

create table organization_memberships (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  organization_id text collate "C" not null,
  status text not null check (status in ('active', 'inactive', 'pending')),
  -- The first is the role where only one fits.
  role_slugs text[] not null,
  -- The directory user this membership follows, while it does.
  directory_user_id text collate "C",
  custom_attributes jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, user_id, organization_id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade,
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);
create index organization_memberships_organization on organization_memberships (environment_id, organization_id, id);
create index organization_memberships_directory_user on organization_memberships (environment_id, directory_user_id)
  where directory_user_id is not null;

create table invitations (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  email text collate "C" not null,
  state text not null check (state in ('pending', 'accepted', 'revoked')),
  organization_id text collate "C",
  inviter_user_id text collate "C",
  accepted_user_id text collate "C",
  role_slug text,
  locale text,
  token_hash bytea not null unique,
  -- The API shows the token again for as long as the invitation can be accepted.
  sealed_token text not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);
create index invitations_email on invitations (environment_id, email, id);
create index invitations_organization on invitations (environment_id, organization_id, id);

-- Codes that go by mail. The API may show them again while they live, so they are sealed; they live for minutes and are
-- not sealed again when keys change.
create table magic_auths (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  email text collate "C" not null,
  code text not null,
  wrong_attempts integer not null default 0,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index magic_auths_user on magic_auths (environment_id, user_id, id);
create index magic_auths_age on magic_auths (expires_at);

create table email_verifications (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  -- What is verified; another address than the user's when it is about to become theirs.
  email text collate "C" not null,
  purpose text not null check (purpose in ('verify', 'change')),
  code text not null,
  wrong_attempts integer not null default 0,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index email_verifications_user on email_verifications (environment_id, user_id, id);
create index email_verifications_age on email_verifications (expires_at);

create table password_resets (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  email text collate "C" not null,
  token_hash bytea not null unique,
  token text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index password_resets_user on password_resets (environment_id, user_id, id);
create index password_resets_age on password_resets (expires_at);

-- Second factors; those of the stand-alone API belong to nobody.
create table authentication_factors (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  user_id text collate "C",
  type text not null check (type in ('totp')),
  issuer text not null,
  account text not null,
  sealed_secret text not null,
  -- RFC 6238 §5.2: a time step is accepted once.
  last_step bigint,
  -- Set by the first right code: a factor nobody has proven is none.
  verified_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index authentication_factors_user on authentication_factors (environment_id, user_id, id);

create table authentication_challenges (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  factor_id text collate "C" not null,
  wrong_attempts integer not null default 0,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, factor_id) references authentication_factors (environment_id, id) on delete cascade
);
create index authentication_challenges_age on authentication_challenges (expires_at);

create table recovery_codes (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  hash bytea not null,
  used_at timestamptz,
  primary key (environment_id, user_id, hash),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);

-- The tables every sign-in writes do not reference environments, as in 0005.
create table sessions (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  organization_id text collate "C",
  auth_method text not null,
  -- The SSO connection that vouched, when one did.
  connection_id text collate "C",
  -- Whether a second factor was shown.
  mfa boolean not null default false,
  impersonator_email text,
  impersonator_reason text,
  ip_address text,
  user_agent text,
  authenticated_at timestamptz not null,
  -- Pushed forward by use, up to the longest life the settings allow.
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_because text check (ended_because in ('revoked', 'signed_out', 'reused')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index sessions_user on sessions (environment_id, user_id, id);
create index sessions_open on sessions (environment_id, user_id) where ended_at is null;
create index sessions_age on sessions (expires_at);

create table refresh_tokens (
  hash bytea primary key,
  environment_id text collate "C" not null,
  session_id text collate "C" not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- The answer given for it, sealed: browser tabs that refresh at the same moment all get it, for a few seconds.
  answer text,
  foreign key (environment_id, session_id) references sessions (environment_id, id) on delete cascade
);
create index refresh_tokens_session on refresh_tokens (environment_id, session_id);
create index refresh_tokens_age on refresh_tokens (expires_at);

-- A sign-in that was interrupted: who it is about and what has been shown so far.
create table pending_authentications (
  hash bytea primary key,
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  facts jsonb not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index pending_authentications_age on pending_authentications (expires_at);

-- Codes for /user_management/authenticate. The session is made when the code is redeemed.
create table authorization_codes (
  hash bytea primary key,
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  redirect_uri text not null,
  code_challenge text,
  -- What the sign-in showed: method, organization, connection, second factor, addresses, impersonator.
  facts jsonb not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  -- What it bought: a code that comes back takes it down.
  session_id text collate "C",
  created_at timestamptz not null,
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index authorization_codes_age on authorization_codes (expires_at);

-- How people sign in, one row an environment; missing keys mean the defaults, see domain/authentication/settings.ts.
create table authentication_settings (
  environment_id text collate "C" primary key references environments (id) on delete cascade,
  settings jsonb not null,
  updated_at timestamptz not null
);

create table organization_authentication_settings (
  environment_id text collate "C" not null,
  organization_id text collate "C" not null,
  settings jsonb not null,
  updated_at timestamptz not null,
  primary key (environment_id, organization_id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);

create table jwt_templates (
  environment_id text collate "C" primary key references environments (id) on delete cascade,
  content text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- Mail to send. What it says is rendered when it is sent; the values hold codes and links and are sealed until then.
create table mails (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  kind text not null,
  recipient text not null,
  locale text,
  -- Sealed JSON, emptied when nobody needs it any more. Not sealed again when keys change: mail is late after a day.
  content text not null,
  state text not null check (state in ('due', 'sent', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  error text,
  sent_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create index mails_due on mails (next_attempt_at) where state = 'due';
create index mails_recipient on mails (environment_id, recipient, id);
create index mails_age on mails (created_at);

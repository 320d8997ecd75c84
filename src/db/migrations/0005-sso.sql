create table profiles (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  organization_id text collate "C" not null,
  connection_id text collate "C" not null,
  realm text collate "C" not null,
  idp_id text collate "C" not null,
  -- The profile as the API answers it, less the fields that are columns here.
  email text not null,
  first_name text,
  last_name text,
  groups text[] not null,
  custom_attributes jsonb not null,
  raw_attributes jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, realm, idp_id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);

-- One sign-in attempt: made when the browser leaves for the identity provider, or when an unsolicited response arrives.
create table sso_sessions (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  organization_id text collate "C",
  connection_id text collate "C",
  origin text not null check (origin in ('sp', 'idp')),
  state text not null check (state in ('started', 'succeeded', 'failed', 'timed_out')),
  -- SHA-256 of the RelayState handle: the handle itself exists only in the browser.
  relay_hash bytea unique,
  request_id text collate "C" unique,
  redirect_uri text not null,
  app_state text,
  code_challenge text,
  nonce text,
  login_hint text,
  ip_address text,
  user_agent text,
  email text,
  error jsonb,
  timeline jsonb not null default '[]',
  -- The response as it arrived, kept only when it was refused, so that it can be examined and replayed.
  refused_response text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  finished_at timestamptz,
  primary key (environment_id, id)
);
create index sso_sessions_connection on sso_sessions (environment_id, connection_id, id);
create index sso_sessions_open on sso_sessions (expires_at) where state = 'started';

-- SAML profiles §4.1.4.5: an assertion is accepted once. Kept until it could no longer be accepted anyway.
create table consumed_assertions (
  realm text collate "C" not null,
  message_id text collate "C" not null,
  expires_at timestamptz not null,
  primary key (realm, message_id)
);
create index consumed_assertions_age on consumed_assertions (expires_at);

create table sso_codes (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  session_id text collate "C" not null,
  profile_id text collate "C" not null,
  redirect_uri text not null,
  code_challenge text,
  -- The profile as it was at this sign-in.
  profile text not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index sso_codes_age on sso_codes (expires_at);

create table sso_access_tokens (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  code_hash bytea not null,
  profile_id text collate "C" not null,
  profile text not null,
  expires_at timestamptz not null
);
create index sso_access_tokens_code on sso_access_tokens (code_hash);
create index sso_access_tokens_profile on sso_access_tokens (environment_id, profile_id);
create index sso_access_tokens_age on sso_access_tokens (expires_at);

create table sso_logout_tokens (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  profile_id text collate "C" not null,
  expires_at timestamptz not null
);
create index sso_logout_tokens_age on sso_logout_tokens (expires_at);

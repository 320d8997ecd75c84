-- Sign-in through OAuth and OpenID Connect: social providers of an environment, and connections that are not SAML.

-- Who we are at a social provider. `id` is what profiles and attempts name as their connection.
create table oauth_providers (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  provider text collate "C" not null,
  enabled boolean not null,
  oauth_client_id text not null,
  sealed_client_secret text not null,
  -- Null: the provider's own.
  issuer text,
  scopes text[] not null,
  -- Whether applications are given the provider's tokens.
  return_tokens boolean not null,
  -- What only one provider needs, such as Apple's team and key ids.
  settings jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, provider)
);

-- Who we are at a connection's OpenID provider; the issuer is the connection's idp_entity_id.
create table connection_oidc_clients (
  environment_id text collate "C" not null,
  connection_id text collate "C" not null,
  oauth_client_id text not null,
  sealed_client_secret text not null,
  scopes text[] not null,
  primary key (environment_id, connection_id),
  foreign key (environment_id, connection_id) references connections (environment_id, id) on delete cascade
);

-- Profiles of social providers belong to no organization.
alter table profiles alter column organization_id drop not null;

-- SHA-256 of the secret in the browser that left for an OAuth server: only it may bring the answer.
alter table sso_sessions add column browser_hash bytea;

-- The provider's tokens, sealed, for as long as the code lives. Not sealed again when keys change.
alter table sso_codes add column oauth_tokens text;

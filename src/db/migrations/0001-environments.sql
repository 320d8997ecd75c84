-- Environments are the tenants: their id leads every key and index, so that tables shard by it.
-- Ids compare bytewise (collate "C"): a page cursor must sort the same in every database.

create table environments (
  id text collate "C" primary key,
  name text not null,
  kind text not null check (kind in ('staging', 'production')),
  client_id text collate "C" not null unique,
  homepage_url text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table api_keys (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  -- SHA-256 of the key. Keys are random, so a fast hash suffices; the key itself is shown once and never stored.
  hash bytea not null unique,
  obfuscated_value text not null,
  last_used_at timestamptz,
  last_used_by text,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id)
);

create table signing_keys (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  purpose text not null check (purpose in ('jwt', 'saml')),
  certificate text not null,
  -- PKCS #8 PEM, sealed with the server's encryption key.
  sealed_private_key text not null,
  created_at timestamptz not null,
  -- Still published, no longer used to sign.
  retired_at timestamptz,
  primary key (environment_id, id)
);

create table redirect_uris (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  uri text not null,
  is_default boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, uri)
);
create unique index redirect_uris_one_default on redirect_uris (environment_id) where is_default;

create table logout_uris (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  uri text not null,
  is_default boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, uri)
);
create unique index logout_uris_one_default on logout_uris (environment_id) where is_default;

create table cors_origins (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  origin text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, origin)
);

-- The first answer to a POST with an Idempotency-Key, written in the transaction of the change itself.
create table idempotency_keys (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  key text collate "C" not null,
  route text not null,
  request_hash bytea not null,
  status integer not null,
  -- Sealed. It lives for a day and is not sealed again when keys change: one whose key is gone counts as still running.
  answer text not null,
  created_at timestamptz not null,
  primary key (environment_id, key, route)
);
create index idempotency_keys_age on idempotency_keys (created_at);

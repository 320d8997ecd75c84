-- WebAuthn credentials of people, found by the id that the authenticator gave them.
create table passkeys (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  credential_id text collate "C" not null,
  user_id text collate "C" not null,
  public_key bytea not null,
  -- WebAuthn §6.1.1: it only ever grows, unless the authenticator has none and says 0 for good.
  sign_count bigint not null,
  transports text[] not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (environment_id, credential_id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index passkeys_user on passkeys (environment_id, user_id);

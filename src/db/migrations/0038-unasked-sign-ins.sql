-- Sign-ins that begin at the identity provider and end at the application's sign-in endpoint.

-- Who agreed once, in a browser, to be signed in so by a connection: not asked again.
create table sign_in_consents (
  -- SHA-256 of the secret in the browser's cookie.
  hash bytea primary key,
  environment_id text collate "C" not null,
  connection_id text collate "C" not null,
  profile_id text collate "C" not null,
  expires_at timestamptz not null,
  foreign key (environment_id, connection_id) references connections (environment_id, id) on delete cascade
);
create index sign_in_consents_connection on sign_in_consents (environment_id, connection_id);
create index sign_in_consents_age on sign_in_consents (expires_at);

-- The sign-in it came of: whoever follows that one learns that the application took it up.
alter table hosted_sessions add column hosted_login_id text collate "C";

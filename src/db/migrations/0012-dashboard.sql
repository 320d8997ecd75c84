-- Who may use the dashboard. They belong to the installation, not to an environment.
create table dashboard_users (
  id text collate "C" primary key,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'viewer')),
  -- In development somebody on the machine is signed in without asking; such a user has no password and never gets one.
  is_developer boolean not null default false,
  -- PHC string of Argon2id; null until an invitation was taken up.
  password_hash text,
  sealed_totp_secret text,
  -- The 30 s step of the last code that was accepted: RFC 6238 §5.2, a code opens once.
  totp_step bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index dashboard_users_email on dashboard_users (lower(email));

create table dashboard_sessions (
  -- SHA-256 of the cookie.
  hash bytea primary key,
  dashboard_user_id text collate "C" not null references dashboard_users (id) on delete cascade,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null
);
create index dashboard_sessions_user on dashboard_sessions (dashboard_user_id);
create index dashboard_sessions_age on dashboard_sessions (expires_at);

-- A link that lets somebody set a password and a second factor, once.
create table dashboard_invitations (
  hash bytea primary key,
  dashboard_user_id text collate "C" not null references dashboard_users (id) on delete cascade,
  -- With the link it gives the secret of the second factor, so that reloading the page shows the same code to scan;
  -- gone when the link is used, so that the link in somebody's history gives nothing.
  totp_salt bytea not null,
  expires_at timestamptz not null
);
create index dashboard_invitations_user on dashboard_invitations (dashboard_user_id);
create index dashboard_invitations_age on dashboard_invitations (expires_at);

-- Everything dashboard users changed or tried to. It names them, and outlives them and the environments.
create table audit_entries (
  id text collate "C" primary key,
  environment_id text collate "C",
  dashboard_user_id text collate "C",
  email text not null,
  operation text not null,
  path text not null,
  -- The object it was about, where there is one.
  target text,
  request_id text not null,
  ip_address text,
  -- How it was answered; null when the server died meanwhile.
  status integer,
  created_at timestamptz not null
);
create index audit_entries_environment on audit_entries (environment_id, id);

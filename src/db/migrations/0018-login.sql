-- How an environment's login box looks; missing keys mean the defaults, see domain/branding/settings.ts.
create table brandings (
  environment_id text collate "C" primary key references environments (id) on delete cascade,
  settings jsonb not null,
  updated_at timestamptz not null
);

-- Served by their hash, so that a browser may keep them for ever; a picture that was replaced is gone.
create table branding_images (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  kind text not null check (kind in ('logo', 'logo_icon', 'favicon')),
  hash text collate "C" not null,
  media_type text not null,
  bytes bytea not null,
  primary key (environment_id, kind)
);
create index branding_images_hash on branding_images (hash);

-- A look that is not saved, shown to whoever has the link.
create table branding_previews (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  settings jsonb not null,
  -- The pictures in it that are not saved either, by kind: data URLs, or null for one taken away.
  images jsonb not null,
  expires_at timestamptz not null
);
create index branding_previews_age on branding_previews (expires_at);

-- One sign-in at the login box, from the application's request to the code: what was asked, who it is so far, and what
-- has been shown. It belongs to the browser that began it.
create table hosted_logins (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  -- SHA-256 of the browser's cookie.
  browser_hash bytea not null,
  request jsonb not null,
  state jsonb not null,
  -- Where the finished sign-in went, for a browser that comes back.
  finished_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create unique index hosted_logins_id on hosted_logins (id);
create index hosted_logins_browser on hosted_logins (browser_hash, created_at);
create index hosted_logins_age on hosted_logins (expires_at);

-- Browsers that are signed in at the login box: the next application is let in without asking.
create table hosted_sessions (
  hash bytea primary key,
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  -- How: method, connection, whether a second factor was shown.
  facts jsonb not null,
  authenticated_at timestamptz not null,
  expires_at timestamptz not null,
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index hosted_sessions_user on hosted_sessions (environment_id, user_id);
create index hosted_sessions_age on hosted_sessions (expires_at);

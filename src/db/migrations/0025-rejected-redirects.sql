-- Addresses that applications asked to be sent to and that are not registered: the latest few of each environment.
create table rejected_redirects (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  uri text collate "C" not null,
  times integer not null,
  last_seen_at timestamptz not null,
  primary key (environment_id, uri)
);

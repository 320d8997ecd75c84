-- How far a follower has read the log of an environment. Positions are given to committed events only, so a follower
-- that reads from here skips nothing.
create table followers (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  name text collate "C" not null,
  position bigint not null,
  primary key (environment_id, name)
);

create table webhook_endpoints (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  endpoint_url text collate "C" not null,
  status text not null check (status in ('enabled', 'disabled')),
  events text[] not null,
  -- Events of one organization strictly one after the other.
  ordered boolean not null default false,
  -- Since when nothing got through; null while deliveries succeed.
  failing_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, endpoint_url)
);

-- Several while one is being replaced; each attempt is signed with all that have not expired.
create table webhook_secrets (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  endpoint_id text collate "C" not null,
  -- It has to be used, so a hash would not do.
  sealed_secret text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (environment_id, id),
  foreign key (environment_id, endpoint_id) references webhook_endpoints (environment_id, id) on delete cascade
);
create index webhook_secrets_endpoint on webhook_secrets (environment_id, endpoint_id);

create table webhook_deliveries (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  endpoint_id text collate "C" not null,
  event_id text collate "C" not null,
  event_seq bigint not null,
  event_type text collate "C" not null,
  organization_id text collate "C",
  position bigint not null,
  state text not null check (state in ('pending', 'succeeded', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  -- A process works on it until then; a process that died lets go by itself.
  leased_until timestamptz,
  last_status integer,
  last_error text,
  last_response text,
  last_attempt_at timestamptz,
  created_at timestamptz not null,
  completed_at timestamptz,
  primary key (environment_id, id),
  unique (endpoint_id, event_id),
  foreign key (environment_id, endpoint_id) references webhook_endpoints (environment_id, id) on delete cascade
);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_order on webhook_deliveries (endpoint_id, organization_id, position) where state = 'pending';
create index webhook_deliveries_log on webhook_deliveries (environment_id, endpoint_id, id);
create index webhook_deliveries_age on webhook_deliveries (completed_at) where state <> 'pending';

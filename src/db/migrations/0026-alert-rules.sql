-- Rules that watch the log: so many of these events within so long. Evaluated as the log is followed.
create table alert_rules (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  events text[] not null,
  threshold integer not null check (threshold between 1 and 1000),
  window_seconds integer not null,
  -- Counts all together, or those of each organization for itself.
  scope text not null check (scope in ('environment', 'each_organization')),
  -- Counts those of this organization alone.
  organization_id text collate "C",
  -- After it fired, it does not fire again before this long.
  cooldown_seconds integer not null,
  -- Told besides those who are subscribed.
  endpoint_id text collate "C",
  emails text[] not null,
  status text not null check (status in ('enabled', 'disabled')),
  -- What happened before this is not held against anybody.
  watches_since timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade,
  foreign key (environment_id, endpoint_id) references webhook_endpoints (environment_id, id)
    on delete set null (endpoint_id)
);

-- As much of the past as a rule needs: the times of the last events, no more of them than its threshold.
create table alert_states (
  environment_id text collate "C" not null,
  rule_id text collate "C" not null,
  -- Empty for a rule that counts all together.
  lane text collate "C" not null,
  hits timestamptz[] not null,
  firing_since timestamptz,
  fired_at timestamptz,
  -- When it recovers unless more happens; null while it does not fire.
  recovers_at timestamptz,
  updated_at timestamptz not null,
  primary key (environment_id, rule_id, lane),
  foreign key (environment_id, rule_id) references alert_rules (environment_id, id) on delete cascade
);
create index alert_states_recovery on alert_states (recovers_at) where recovers_at is not null;
create index alert_states_age on alert_states (updated_at) where firing_since is null;

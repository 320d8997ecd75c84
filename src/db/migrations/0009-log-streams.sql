-- A stream follows the log of its environment with a position of its own and sends what it reads to one destination.
create table log_streams (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  type text not null check (type in ('datadog', 'https', 'splunk', 'file', 'stdout')),
  status text not null check (status in ('active', 'paused')),
  -- What may be shown; of secrets, the last four characters.
  settings jsonb not null,
  -- Keys, tokens and header values, as JSON. Empty for destinations without any.
  sealed_credentials text not null,
  -- Names of the events to send; null for all.
  events text[],
  -- Everything up to here was accepted, or was not asked for.
  position bigint not null,
  -- One process at a time sends, so that order holds. A process that died lets go by itself, and one that comes back
  -- from the dead finds another's name here and stores nothing.
  leased_until timestamptz,
  leased_by text collate "C",
  last_attempt_at timestamptz,
  -- Failures in a row, and since when; both end with the next success.
  attempts integer not null default 0,
  failing_since timestamptz,
  next_attempt_at timestamptz,
  last_error text,
  last_error_status integer,
  last_error_at timestamptz,
  last_success_at timestamptz,
  events_sent bigint not null default 0,
  batches_sent bigint not null default 0,
  bytes_sent bigint not null default 0,
  failures bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id)
);
create index log_streams_due on log_streams (last_attempt_at) where status = 'active';

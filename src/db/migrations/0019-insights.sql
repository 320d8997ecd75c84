-- What happened, counted as the log is followed: never by scanning it. Hours and days are kept beside each other.
create table insight_counts (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  metric text collate "C" not null,
  grain text collate "C" not null check (grain in ('hour', 'day')),
  -- When the hour or day begins, in UTC.
  bucket timestamptz not null,
  -- Empty where there is none: columns of a key cannot be null.
  organization text collate "C" not null,
  kind text collate "C" not null,
  outcome text collate "C" not null,
  reason text collate "C" not null,
  count bigint not null,
  primary key (environment_id, metric, grain, bucket, organization, kind, outcome, reason)
);
create index insight_counts_organization on insight_counts (environment_id, organization, metric, grain, bucket)
  where organization <> '';
create index insight_counts_age on insight_counts (bucket) where grain = 'hour';

-- Refused responses hold personal data: they are kept sealed, apart from the attempts, of which few have one.
create table refused_responses (
  environment_id text collate "C" not null,
  session_id text collate "C" not null,
  sealed_response text not null,
  created_at timestamptz not null,
  primary key (environment_id, session_id),
  foreign key (environment_id, session_id) references sso_sessions (environment_id, id) on delete cascade
);
-- What was kept in the clear until now cannot be sealed from here, and is let go.
alter table sso_sessions drop column refused_response;

-- Failures are few among many: reading the latest of them must not read all that went well in between.
create index sso_sessions_failed on sso_sessions (environment_id, id) where state in ('failed', 'timed_out');
create index sso_sessions_connection_failed on sso_sessions (environment_id, connection_id, id)
  where state in ('failed', 'timed_out');

-- What identity providers asked and what they were told: the latest few thousand of each directory. Written in batches
-- beside the requests, so a process that dies may take the last second with it.
create table scim_requests (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  directory_id text collate "C" not null,
  request_id text not null,
  method text not null,
  -- Below the endpoint of the directory, with its query.
  path text not null,
  status integer not null,
  -- The sentence of a refusal.
  reason text,
  scim_type text,
  duration_ms integer not null,
  user_agent text,
  -- Last characters of a bearer token that opened nothing.
  rejected_token text,
  -- Without passwords and other secrets, and cut short.
  request_body text,
  response_body text,
  -- Events of this request, and of attempts of it that were undone.
  event_ids text[] not null,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, directory_id) references directories (environment_id, id) on delete cascade
);
create index scim_requests_directory on scim_requests (environment_id, directory_id, id);
create index scim_requests_failed on scim_requests (environment_id, directory_id, id) where status >= 400;
create index scim_requests_age on scim_requests (created_at);

-- The same for calls of the API with a key that works.
create table api_requests (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  request_id text not null,
  api_key_id text collate "C" not null,
  method text not null,
  -- Without its query, which may hold anything.
  path text not null,
  status integer not null,
  error_code text,
  duration_ms integer not null,
  client text,
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create index api_requests_request on api_requests (environment_id, request_id);
create index api_requests_failed on api_requests (environment_id, id) where status >= 400;
create index api_requests_age on api_requests (created_at);

create index audit_entries_age on audit_entries (created_at);

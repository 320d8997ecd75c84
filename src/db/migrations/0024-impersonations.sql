-- Somebody of the operator's who is about to be a user, for the time of a look: one link, used once, within minutes.
create table impersonations (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  token_hash bytea primary key,
  user_id text collate "C" not null,
  organization_id text collate "C",
  impersonator_email text not null,
  reason text not null,
  redirect_uri text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index impersonations_user on impersonations (environment_id, user_id);
create index impersonations_age on impersonations (expires_at);

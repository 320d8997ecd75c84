-- Why somebody of a directory could not be made a user or member, until a change of theirs succeeds.
create table provisioning_refusals (
  environment_id text collate "C" not null,
  directory_user_id text collate "C" not null,
  code text not null,
  message text not null,
  refused_at timestamptz not null,
  primary key (environment_id, directory_user_id),
  foreign key (environment_id, directory_user_id) references directory_users (environment_id, id) on delete cascade
);

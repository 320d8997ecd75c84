-- Custom attributes that every person of the environment carries, in all directories.
create table directory_attributes (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  name text collate "C" not null,
  -- Where to read it unless a directory says otherwise; null when only directories can say.
  path text,
  description text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, name)
);

-- What people look like to the application depends on settings. When those change, people are settled in batches, each
-- with its progress in the same transaction: whoever finds work left over goes on with it.
alter table directories
  -- The seq of the last person settled, 0 before the first; null when everybody is.
  add column settle_after bigint,
  -- Whether everybody has to be read again, or only those whose role or visibility differs.
  add column settle_all boolean not null default false;
create index directories_to_settle on directories (environment_id, id) where settle_after is not null;

-- Called before the members of a group change. Members of a group that gives a role change in a transaction that settles
-- the roles with them and says so (see domain/directories/roles.ts); any other raises GH001. The group is locked against
-- whoever makes it give a role at this moment.
create function guard_group_roles(in_environment text, in_directory text, in_group text) returns void language plpgsql as $$
begin
  if current_setting('gatehouse.settles_roles', true) = 'on' then
    return;
  end if;
  perform from directory_groups g
  where g.environment_id = in_environment and g.directory_id = in_directory and g.id = in_group for share;
  if exists (select from directory_group_roles where environment_id = in_environment and group_id = in_group) then
    raise exception 'The group % gives a role.', in_group using errcode = 'GH001';
  end if;
end
$$;

alter function add_group_members(text, text, text, text, text[], text[], timestamptz, text)
  rename to add_unguarded_group_members;
create function add_group_members(
  in_environment text, in_directory text, in_organization text, in_group text, in_members text[], in_event_ids text[],
  in_now timestamptz, in_now_text text
) returns text[] language plpgsql as $$
begin
  perform guard_group_roles(in_environment, in_directory, in_group);
  return add_unguarded_group_members(
    in_environment, in_directory, in_organization, in_group, in_members, in_event_ids, in_now, in_now_text);
end
$$;

alter function remove_group_members(text, text, text, text, text[], text[], timestamptz, text)
  rename to remove_unguarded_group_members;
create function remove_group_members(
  in_environment text, in_directory text, in_organization text, in_group text, in_members text[], in_event_ids text[],
  in_now timestamptz, in_now_text text
) returns text[] language plpgsql as $$
begin
  perform guard_group_roles(in_environment, in_directory, in_group);
  return remove_unguarded_group_members(
    in_environment, in_directory, in_organization, in_group, in_members, in_event_ids, in_now, in_now_text);
end
$$;

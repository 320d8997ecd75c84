alter table environments
  -- Whether the application keeps seeing people whom their identity provider deactivated.
  add column keep_inactive_directory_users boolean not null default false;

create table directories (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  organization_id text collate "C" not null,
  -- The opaque part of the SCIM endpoint.
  external_key text collate "C" not null unique,
  type text collate "C" not null,
  name text not null,
  state text not null check (state in ('linked', 'unlinked', 'validating', 'invalid_credentials', 'deleting')),
  attribute_map jsonb not null default '{}',
  last_request_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);
create index directories_organization on directories (environment_id, organization_id, id);

create table directory_tokens (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  directory_id text collate "C" not null,
  -- SHA-256 of the token, which is shown once or was never here.
  hash bytea not null unique,
  token_suffix text not null,
  last_used_at timestamptz,
  last_used_by text,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, directory_id) references directories (environment_id, id) on delete cascade
);
create index directory_tokens_directory on directory_tokens (environment_id, directory_id, id);

create table directory_users (
  environment_id text collate "C" not null,
  directory_id text collate "C" not null,
  id text collate "C" not null,
  -- Order of creation: SCIM pages must not shift while the identity provider updates people.
  seq bigint generated always as identity,
  -- What the application calls idp_id.
  idp_id text collate "C" not null,
  external_id text collate "C",
  user_name text not null,
  -- Folded by the program with Unicode rules, so that the unique key and the filter agree (RFC 7643 §4.1.1).
  user_name_key text collate "C" not null,
  -- The primary address; null when the person has none that could be it.
  email text,
  email_key text collate "C",
  active boolean not null,
  -- Whether the application sees this person: announced by dsync.user.created and not yet by dsync.user.deleted.
  visible boolean not null,
  -- False for somebody without an address, who is remembered until the identity provider sends one.
  complete boolean not null,
  -- The SCIM resource without id, meta and groups.
  resource jsonb not null,
  -- The person as events carry them, as JSON text: pages and events are put together from it without parsing.
  presented text not null,
  role_slug text collate "C" not null,
  -- ETag of the SCIM resource, and the guard of its updates.
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  constraint directory_users_name unique (environment_id, directory_id, user_name_key),
  foreign key (environment_id, directory_id) references directories (environment_id, id) on delete cascade
);
create index directory_users_order on directory_users (environment_id, directory_id, seq);
create index directory_users_visible on directory_users (environment_id, directory_id, id) where visible;
create index directory_users_external_id on directory_users (environment_id, directory_id, external_id);
create index directory_users_idp_id on directory_users (environment_id, directory_id, idp_id);
create index directory_users_email on directory_users (environment_id, directory_id, email_key);
create unique index directory_users_one_active_email on directory_users (environment_id, directory_id, email_key)
  where active and complete and email_key is not null;

-- Addresses besides the primary one, folded: Entra looks people up by any of them. Most people have none. (A GIN index on
-- an array would do without a table, but not begin with the directory, and the planner cannot tell how few rows it finds.)
create table directory_addresses (
  environment_id text collate "C" not null,
  directory_id text collate "C" not null,
  user_id text collate "C" not null,
  email_key text collate "C" not null,
  primary key (environment_id, user_id, email_key),
  foreign key (environment_id, user_id) references directory_users (environment_id, id) on delete cascade
);
create index directory_addresses_key on directory_addresses (environment_id, directory_id, email_key);

create table directory_groups (
  environment_id text collate "C" not null,
  directory_id text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  -- externalId, else the name at creation: it survives renames.
  idp_id text collate "C" not null,
  external_id text collate "C",
  display_name text not null,
  display_name_key text collate "C" not null,
  resource jsonb not null,
  presented text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  constraint directory_groups_identity unique (environment_id, directory_id, idp_id),
  foreign key (environment_id, directory_id) references directories (environment_id, id) on delete cascade
);
create index directory_groups_order on directory_groups (environment_id, directory_id, seq);
create index directory_groups_id on directory_groups (environment_id, directory_id, id);
create index directory_groups_name on directory_groups (environment_id, directory_id, display_name_key);
create index directory_groups_external_id on directory_groups (environment_id, directory_id, external_id);

-- One row a membership; nothing ever reads a list of members to write it back.
create table directory_memberships (
  environment_id text collate "C" not null,
  group_id text collate "C" not null,
  user_id text collate "C" not null,
  primary key (environment_id, group_id, user_id),
  foreign key (environment_id, group_id) references directory_groups (environment_id, id) on delete cascade,
  foreign key (environment_id, user_id) references directory_users (environment_id, id) on delete cascade
);
create index directory_memberships_user on directory_memberships (environment_id, user_id, group_id);

-- Members that an identity provider named before it sent them; they join when they arrive.
create table directory_awaited_members (
  environment_id text collate "C" not null,
  directory_id text collate "C" not null,
  group_id text collate "C" not null,
  value text collate "C" not null,
  created_at timestamptz not null,
  primary key (environment_id, group_id, value),
  foreign key (environment_id, group_id) references directory_groups (environment_id, id) on delete cascade
);
create index directory_awaited_members_value on directory_awaited_members (environment_id, directory_id, value);

-- Which role members of a group have; the lowest priority wins.
create table directory_group_roles (
  environment_id text collate "C" not null,
  organization_id text collate "C" not null,
  group_id text collate "C" not null,
  role_slug text collate "C" not null,
  priority integer not null,
  primary key (environment_id, group_id),
  foreign key (environment_id, group_id) references directory_groups (environment_id, id) on delete cascade
);
create index directory_group_roles_organization on directory_group_roles (environment_id, organization_id, priority);

-- How many people and groups a directory has. SCIM owes every list its exact total, and counting a million rows for each
-- page does not scale; spread over many rows, because writers of one row wait for each other.
create table directory_counts (
  environment_id text collate "C" not null,
  directory_id text collate "C" not null,
  shard integer not null,
  users integer not null default 0,
  groups integer not null default 0,
  primary key (environment_id, directory_id, shard),
  foreign key (environment_id, directory_id) references directories (environment_id, id) on delete cascade
);

create function count_directory_rows() returns trigger language plpgsql as $$
declare
  -- Some sixteen writers at once rarely meet on one of sixty-four rows. Groups have rows of their own: who creates a group
  -- with members goes on to lock people, and whoever deletes one of those comes here with that lock.
  in_shard integer := floor(random() * 64) + case tg_table_name when 'directory_users' then 0 else 64 end;
  step integer := case tg_op when 'INSERT' then 1 else -1 end;
  changed record;
begin
  for changed in
    select environment_id, directory_id, count(*)::integer * step as n from changed_rows group by environment_id, directory_id
  loop
    -- Rows of a directory that is going away are not counted any more.
    insert into directory_counts as c (environment_id, directory_id, shard, users, groups)
    select changed.environment_id, changed.directory_id, in_shard,
      case tg_table_name when 'directory_users' then changed.n else 0 end,
      case tg_table_name when 'directory_groups' then changed.n else 0 end
    where exists (select from directories d where d.environment_id = changed.environment_id and d.id = changed.directory_id)
    on conflict (environment_id, directory_id, shard) do update
    set users = c.users + excluded.users, groups = c.groups + excluded.groups;
  end loop;
  return null;
end
$$;
create trigger directory_users_added after insert on directory_users
  referencing new table as changed_rows for each statement execute function count_directory_rows();
create trigger directory_users_removed after delete on directory_users
  referencing old table as changed_rows for each statement execute function count_directory_rows();
create trigger directory_groups_added after insert on directory_groups
  referencing new table as changed_rows for each statement execute function count_directory_rows();
create trigger directory_groups_removed after delete on directory_groups
  referencing old table as changed_rows for each statement execute function count_directory_rows();

-- The text of an event, byte for byte what JSON.stringify makes of it. in_data is JSON text already.
create function event_text(in_id text, in_type text, in_data text, in_now_text text) returns text language sql immutable as $$
  select '{"object":"event","id":"' || in_id || '","event":"' || in_type || '","data":' || in_data
    || ',"created_at":"' || in_now_text || '"}'
$$;

-- Adds members to a group: one row and one event for each that was not there. People are locked for sharing, so that the
-- event carries them as they are in the order of the log. Returns the ids that were added, null without such a group; ids nobody has are awaited.
create function add_group_members(
  in_environment text, in_directory text, in_organization text, in_group text, in_members text[], in_event_ids text[],
  in_now timestamptz, in_now_text text
) returns text[] language plpgsql as $$
declare
  group_text text;
  added_ids text[];
  known_ids text[];
begin
  select g.presented into group_text from directory_groups g
  where g.environment_id = in_environment and g.directory_id = in_directory and g.id = in_group for share;
  if not found then
    return null;
  end if;
  with people as (
    select u.id, u.presented, u.visible, w.event_id, w.n
    from unnest(in_members, in_event_ids) with ordinality as w (value, event_id, n)
    join directory_users u on u.environment_id = in_environment and u.id = w.value and u.directory_id = in_directory
    order by u.id
    for share of u
  ), added as (
    insert into directory_memberships (environment_id, group_id, user_id)
    select in_environment, in_group, id from people on conflict do nothing
    returning user_id
  ), written as (
    insert into events (environment_id, id, type, organization_id, body, created_at)
    select in_environment, p.event_id, 'dsync.group.user_added', in_organization,
      event_text(p.event_id, 'dsync.group.user_added',
        '{"directory_id":"' || in_directory || '","user":' || p.presented || ',"group":' || group_text || '}', in_now_text),
      in_now
    from people p join added a on a.user_id = p.id
    where p.visible
    order by p.n
    returning seq
  ), waiting as (
    insert into event_pending (seq, environment_id, type, organization_id, created_at)
    select seq, in_environment, 'dsync.group.user_added', in_organization, in_now from written
  )
  select coalesce((select array_agg(user_id) from added), '{}'), coalesce((select array_agg(id) from people), '{}')
  into added_ids, known_ids;
  if coalesce(array_length(known_ids, 1), 0) < (select count(distinct value) from unnest(in_members) as value) then
    insert into directory_awaited_members (environment_id, directory_id, group_id, value, created_at)
    select distinct in_environment, in_directory, in_group, value, in_now
    from unnest(in_members) as value where value <> all (known_ids)
    on conflict do nothing;
  end if;
  return added_ids;
end
$$;

-- Removes members from a group; of those that were there, one event each. Returns their ids, null without such a group.
create function remove_group_members(
  in_environment text, in_directory text, in_organization text, in_group text, in_members text[], in_event_ids text[],
  in_now timestamptz, in_now_text text
) returns text[] language plpgsql as $$
declare
  group_text text;
  removed_ids text[];
begin
  select g.presented into group_text from directory_groups g
  where g.environment_id = in_environment and g.directory_id = in_directory and g.id = in_group for share;
  if not found then
    return null;
  end if;
  delete from directory_awaited_members
  where environment_id = in_environment and group_id = in_group and value = any (in_members);
  with people as (
    select u.id, u.presented, u.visible, w.event_id, w.n
    from unnest(in_members, in_event_ids) with ordinality as w (value, event_id, n)
    join directory_users u on u.environment_id = in_environment and u.id = w.value and u.directory_id = in_directory
    order by u.id
    for share of u
  ), removed as (
    delete from directory_memberships m using people p
    where m.environment_id = in_environment and m.group_id = in_group and m.user_id = p.id
    returning m.user_id
  ), written as (
    insert into events (environment_id, id, type, organization_id, body, created_at)
    select in_environment, p.event_id, 'dsync.group.user_removed', in_organization,
      event_text(p.event_id, 'dsync.group.user_removed',
        '{"directory_id":"' || in_directory || '","user":' || p.presented || ',"group":' || group_text || '}', in_now_text),
      in_now
    from people p join removed r on r.user_id = p.id
    where p.visible
    order by p.n
    returning seq
  ), waiting as (
    insert into event_pending (seq, environment_id, type, organization_id, created_at)
    select seq, in_environment, 'dsync.group.user_removed', in_organization, in_now from written
  )
  select coalesce(array_agg(user_id), '{}') into removed_ids from removed;
  return removed_ids;
end
$$;

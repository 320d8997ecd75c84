-- Memberships are made by add_group_members alone, which has both ends locked; checking each end of each row again took
-- half of its time. What remains of the foreign keys is that memberships go with either end: once a statement, not a row.
alter table directory_memberships
  drop constraint directory_memberships_environment_id_group_id_fkey,
  drop constraint directory_memberships_environment_id_user_id_fkey;

create function end_memberships_of_users() returns trigger language plpgsql as $$
begin
  delete from directory_memberships m using gone g where m.environment_id = g.environment_id and m.user_id = g.id;
  return null;
end
$$;
create trigger directory_users_memberships_end after delete on directory_users
  referencing old table as gone for each statement execute function end_memberships_of_users();

create function end_memberships_of_groups() returns trigger language plpgsql as $$
begin
  delete from directory_memberships m using gone g where m.environment_id = g.environment_id and m.group_id = g.id;
  return null;
end
$$;
create trigger directory_groups_memberships_end after delete on directory_groups
  referencing old table as gone for each statement execute function end_memberships_of_groups();

drop function add_group_members(text, text, text, text, text[], text[], timestamptz, text);
drop function add_unguarded_group_members(text, text, text, text, text[], text[], timestamptz, text);
drop function remove_group_members(text, text, text, text, text[], text[], timestamptz, text);
drop function remove_unguarded_group_members(text, text, text, text, text[], text[], timestamptz, text);
drop function guard_group_roles(text, text, text);

-- The group as events carry it, locked for sharing; null when the directory has none. Members of a group that gives a role
-- change in a transaction that settles the roles with them and says so (see domain/directories/roles.ts); any other raises
-- GH001. The lock keeps out whoever makes the group give a role at this moment.
create function share_group(in_environment text, in_directory text, in_group text) returns text language plpgsql as $$
declare
  group_text text;
begin
  select g.presented into group_text from directory_groups g
  where g.environment_id = in_environment and g.directory_id = in_directory and g.id = in_group for share;
  if found and current_setting('gatehouse.settles_roles', true) is distinct from 'on' and exists (
    select from directory_group_roles where environment_id = in_environment and group_id = in_group
  ) then
    raise exception 'The group % gives a role.', in_group using errcode = 'GH001';
  end if;
  return group_text;
end
$$;

-- Adds members to a group: one row and one event for each that was not there. People are locked for sharing, so that the
-- event carries them as they are in the order of the log. Returns the ids that were added, null without such a group; ids
-- nobody has are awaited.
--
-- One plan serves one member and ten thousand: that of a few, kept since the first. So nothing here may join two lists,
-- which such a plan does by comparing each with each. `in (…) is true` is no join, it is asked of a hash table.
create function add_group_members(
  in_environment text, in_directory text, in_organization text, in_group text, in_members text[], in_event_ids text[],
  in_now timestamptz, in_now_text text
) returns text[] language plpgsql set work_mem = '32MB' as $$
declare
  group_text text := share_group(in_environment, in_directory, in_group);
  added_ids text[];
  known_ids text[];
begin
  if group_text is null then
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
    from people p
    where p.visible and (p.id in (select user_id from added)) is true
    order by p.n
    returning seq
  ), waiting as (
    insert into event_pending (seq, environment_id, type, organization_id, created_at)
    select seq, in_environment, 'dsync.group.user_added', in_organization, in_now from written
  )
  select array(select user_id from added), array(select id from people) into added_ids, known_ids;
  if cardinality(known_ids) < cardinality(in_members) then
    insert into directory_awaited_members (environment_id, directory_id, group_id, value, created_at)
    select distinct in_environment, in_directory, in_group, value, in_now
    from unnest(in_members) as value where (value in (select unnest(known_ids))) is not true
    on conflict do nothing;
  end if;
  return added_ids;
end
$$;

-- Removes members from a group; of those that were there, one event each. Returns their ids, null without such a group.
create function remove_group_members(
  in_environment text, in_directory text, in_organization text, in_group text, in_members text[], in_event_ids text[],
  in_now timestamptz, in_now_text text
) returns text[] language plpgsql set work_mem = '32MB' as $$
declare
  group_text text := share_group(in_environment, in_directory, in_group);
  removed_ids text[];
begin
  if group_text is null then
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
    from people p
    where p.visible and (p.id in (select user_id from removed)) is true
    order by p.n
    returning seq
  ), waiting as (
    insert into event_pending (seq, environment_id, type, organization_id, created_at)
    select seq, in_environment, 'dsync.group.user_removed', in_organization, in_now from written
  )
  select array(select user_id from removed) into removed_ids;
  return removed_ids;
end
$$;

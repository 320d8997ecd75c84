-- The ordered log. A business transaction writes events and event_pending as its last statement, without a lock.
-- stamp_events() moves committed rows into event_log with growing positions: a position is only ever given to a
-- committed event, so a reader that remembers a position cannot skip a transaction that was slower than its neighbour.

create table events (
  seq bigint generated always as identity primary key,
  environment_id text collate "C" not null,
  id text collate "C" not null unique,
  type text collate "C" not null,
  organization_id text collate "C",
  -- The final JSON, byte for byte what readers and webhooks receive. Never parsed on the read path.
  body text not null,
  created_at timestamptz not null
);

create table event_pending (
  seq bigint primary key,
  environment_id text collate "C" not null,
  type text collate "C" not null,
  organization_id text collate "C",
  created_at timestamptz not null
);
-- Rows live for milliseconds; without this, dead rows outnumber live ones a thousandfold between vacuums.
alter table event_pending set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create table event_log (
  environment_id text collate "C" not null,
  position bigint not null,
  seq bigint not null unique,
  type text collate "C" not null,
  organization_id text collate "C",
  created_at timestamptz not null,
  primary key (environment_id, position)
);
create index event_log_type on event_log (environment_id, type, position);
create index event_log_organization on event_log (environment_id, organization_id, type, position)
  where organization_id is not null;
create index event_log_time on event_log (environment_id, created_at);

create table event_log_state (
  only_row boolean primary key default true check (only_row),
  position bigint not null
);
insert into event_log_state (position) values (0);

-- Appends events; the last statement of every change. Arrays run in parallel, in the order of emission.
-- In PL/pgSQL, which keeps its plans: before PostgreSQL 18 a function in SQL is planned anew at every call.
create function append_events(
  in_environment text, in_ids text[], in_types text[], in_organizations text[], in_bodies text[], in_now timestamptz
) returns void language plpgsql as $$
declare
  new_seq bigint;
begin
  for n in 1 .. cardinality(in_ids) loop
    insert into events (environment_id, id, type, organization_id, body, created_at)
    values (in_environment, in_ids[n], in_types[n], in_organizations[n], in_bodies[n], in_now)
    returning seq into new_seq;
    insert into event_pending (seq, environment_id, type, organization_id, created_at)
    values (new_seq, in_environment, in_types[n], in_organizations[n], in_now);
  end loop;
end
$$;

-- Moves up to 1000 pending events into the log; returns how many. Call until it returns less than 1000.
-- The advisory lock is held to the end of the caller's transaction, so positions are given in commit order.
create function stamp_events(in_wait boolean) returns integer language plpgsql as $$
declare
  base bigint;
  moved integer;
begin
  if not exists (select from event_pending) then
    return 0;
  end if;
  if in_wait then
    perform pg_advisory_xact_lock(7240101);
  elsif not pg_try_advisory_xact_lock(7240101) then
    return 0;
  end if;
  select position into base from event_log_state;
  with taken as (
    delete from event_pending
    where seq in (select seq from event_pending order by seq limit 1000)
    returning seq, environment_id, type, organization_id, created_at
  )
  insert into event_log (environment_id, position, seq, type, organization_id, created_at)
  select environment_id, base + row_number() over (order by seq), seq, type, organization_id, created_at from taken;
  get diagnostics moved = row_count;
  update event_log_state set position = base + moved where moved > 0;
  return moved;
end
$$;

-- How often something was tried within a window, as all processes count it together: passwords and codes of an account or
-- a network address, mail to an inbox. Unlogged, for a count is worth a minute or ten: it costs no write of the log, and
-- a database that crashed begins to count anew.
create unlogged table tallies (
  -- SHA-256 of what is counted.
  name bytea primary key,
  spent integer not null,
  -- Attempts that are under way: whether they are to be counted is not known yet.
  held integer not null,
  ends_at timestamptz not null
) with (fillfactor = 70);
create index tallies_age on tallies (ends_at);

-- Holds a place under each name, or under none. Names are locked in one order, so that no two wait for each other.
-- Returns until when to wait, or null if the attempt may be made.
create function hold_tallies(
  in_names bytea[], in_most integer[], in_at_once integer[], in_window interval, in_now timestamptz
) returns timestamptz language plpgsql as $$
declare
  waits_until timestamptz;
begin
  insert into tallies as t (name, spent, held, ends_at)
  select n.name, 0, 1, in_now + in_window from unnest(in_names) as n(name) order by n.name
  on conflict (name) do update set
    spent = case when t.ends_at <= in_now then 0 else t.spent end,
    held = case when t.ends_at <= in_now then 1 else t.held + 1 end,
    ends_at = case when t.ends_at <= in_now then excluded.ends_at else t.ends_at end;
  select max(case when t.spent >= n.most then t.ends_at else in_now + interval '1 second' end) into waits_until
  from unnest(in_names, in_most, in_at_once) as n(name, most, at_once)
  join tallies t on t.name = n.name
  where t.spent >= n.most or t.held > n.at_once;
  if waits_until is not null then
    update tallies t set held = t.held - 1 where t.name = any (in_names);
  end if;
  return waits_until;
end
$$;

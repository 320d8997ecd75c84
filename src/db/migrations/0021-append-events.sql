-- In PL/pgSQL, which keeps its plans: before PostgreSQL 18 a function in SQL is planned anew at every call. Most changes
-- have one event, and a row at a time costs less than the machinery that unnests arrays.
create or replace function append_events(
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

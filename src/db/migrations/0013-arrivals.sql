-- Who arrives while a group names them. Whoever names somebody unknown holds the lock 7240111 of the directory alone and
-- looks again; whoever arrives shares it and then looks for their names. So one of the two always sees the other.

-- Called with the insertion of a person outside of a transaction that lets them join: raises GH002 when a group awaits
-- them by one of these names. Null when the transaction sees to that itself. A volatile function reads what was committed
-- up to now, not up to the beginning of the statement.
create function refuse_awaited(in_environment text, in_directory text, in_names text[]) returns void language plpgsql as $$
begin
  if in_names is null then
    return;
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended(in_directory, 7240111));
  if exists (
    select from directory_awaited_members
    where environment_id = in_environment and directory_id = in_directory and value = any (in_names)
  ) then
    raise exception 'A group awaits this person.' using errcode = 'GH002';
  end if;
end
$$;

-- The credential id is the authenticator's: long, and nothing for an address. Lists, and who removes one, go by an id of
-- ours. Those there are get ids that sort by when they were made, as all do: a ULID of that millisecond, whose other half
-- is random.
alter table passkeys add column id text collate "C";
update passkeys
set id = 'passkey_' || (
    select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((made.ms >> (5 * digit)) & 31)::int, 1), '' order by digit desc)
    from (select floor(extract(epoch from passkeys.created_at) * 1000)::bigint as ms) as made, generate_series(0, 9) as digit
  ) || upper(right(replace(gen_random_uuid()::text, '-', ''), 16));
alter table passkeys
  alter column id set not null,
  add constraint passkeys_environment_id_id_key unique (environment_id, id);

create index passkeys_of_user on passkeys (environment_id, user_id, id);
drop index passkeys_user;

-- Keys for tokens come in two algorithms and change hands without a gap: a new one is published before it signs, an old
-- one stays published until nothing it signed is valid any more.
alter table signing_keys add column algorithm text not null default 'RS256' check (algorithm in ('RS256', 'ES256'));
alter table signing_keys add column signs_from timestamptz;
alter table signing_keys add column published_until timestamptz;

-- RFC 8628. `user_id` and `facts` are there once somebody has agreed.
create table device_authorizations (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  -- What people type, upper case without the dash.
  user_code text collate "C" not null,
  state text not null check (state in ('pending', 'approved', 'denied', 'used')),
  user_id text collate "C",
  facts jsonb,
  interval_seconds integer not null,
  polled_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  unique (environment_id, user_code),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index device_authorizations_age on device_authorizations (expires_at);

-- The secret of a sign-in's pending token is worth a limited number of wrong codes.
alter table pending_authentications add column wrong_attempts integer not null default 0;

-- What an access token says about a session, and what the answer that carries it needs, in one row. Functions are in
-- PL/pgSQL, which keeps its plans, and this one is volatile: it must see what refresh_session did in the same statement.
create function session_claims(in_environment text, in_session text)
returns table (
  client text, session jsonb, person jsonb, organization jsonb, membership jsonb, permissions text[], template text,
  settings jsonb
) language plpgsql as $$
begin
  return query select e.client_id, to_jsonb(s), to_jsonb(u),
    case when o.id is null then null
      else jsonb_build_object('id', o.id, 'name', o.name, 'external_id', o.external_id, 'metadata', o.metadata) end,
    case when m.id is null then null
      else jsonb_build_object('id', m.id, 'role_slugs', m.role_slugs, 'custom_attributes', m.custom_attributes) end,
    coalesce((select array_agg(distinct p.slug order by p.slug)
      from roles r
      join role_permissions rp on rp.environment_id = r.environment_id and rp.role_id = r.id
      join permissions p on p.environment_id = rp.environment_id and p.id = rp.permission_id
      where r.environment_id = s.environment_id and r.slug = any (m.role_slugs)
        and (r.organization_id is null or r.organization_id = s.organization_id)), '{}'),
    t.content, a.settings
  from sessions s
  join environments e on e.id = s.environment_id
  join users u on u.environment_id = s.environment_id and u.id = s.user_id
  left join organizations o on o.environment_id = s.environment_id and o.id = s.organization_id
  left join organization_memberships m on m.environment_id = s.environment_id and m.user_id = s.user_id
    and m.organization_id = s.organization_id and m.status = 'active'
  left join jwt_templates t on t.environment_id = s.environment_id
  left join authentication_settings a on a.environment_id = s.environment_id
  where s.environment_id = in_environment and s.id = in_session;
end
$$;

-- Whether anything that decides how this person may be signed in changed since: then the decision is made again before
-- the session goes on. The minute is for changes that were stamped before and became visible after.
create function sign_in_rules_changed(in_environment text, in_user text, in_organization text, in_since timestamptz)
returns boolean language plpgsql stable as $$
begin
  return exists (
    select from users u where u.environment_id = in_environment and u.id = in_user and u.updated_at > in_since - interval '1 minute'
  ) or exists (
    select from authentication_settings a
    where a.environment_id = in_environment and a.updated_at > in_since - interval '1 minute'
  ) or exists (
    select from organization_authentication_settings a
    where a.environment_id = in_environment and a.organization_id = in_organization
      and a.updated_at > in_since - interval '1 minute'
  ) or exists (
    select from users u
    join organization_domains d on d.environment_id = u.environment_id and d.domain = split_part(u.email, '@', 2)
      and d.state in ('verified', 'legacy_verified')
    left join organization_authentication_settings a
      on a.environment_id = d.environment_id and a.organization_id = d.organization_id
    left join connections c on c.environment_id = d.environment_id and c.organization_id = d.organization_id
    where u.environment_id = in_environment and u.id = in_user
      and greatest(d.updated_at, a.updated_at, c.updated_at) > in_since - interval '1 minute'
  );
end
$$;

-- Exchanges a refresh token in one round trip. `outcome`:
--   'ok'            the session goes on; with `sealed` set the token was exchanged a moment ago and this is its successor
--   'check'         nothing was done: decide whether the person may go on, then call again with in_approved
--   'invalid', 'ended', 'expired', 'reused', 'not_a_member'
create function refresh_session(
  in_environment text, in_hash bytea, in_organization text, in_approved boolean,
  in_new_hash bytea, in_sealed text, in_default_inactivity integer, in_default_maximum integer,
  in_grace interval, in_now timestamptz,
  out outcome text, out session_id text, out user_id text, out current_organization text, out issued_at timestamptz,
  out sealed text
) language plpgsql as $$
declare
  token record;
  held record;
  inactivity integer;
  maximum integer;
  target text;
  extended timestamptz;
begin
  -- Tabs that refresh at the same moment queue here; all but the first find the token used.
  select t.session_id as session, t.created_at, t.used_at, t.answer into token
  from refresh_tokens t where t.hash = in_hash and t.environment_id = in_environment for update;
  if not found then
    outcome := 'invalid';
    return;
  end if;
  session_id := token.session;
  select s.* into held from sessions s where s.environment_id = in_environment and s.id = token.session;
  user_id := held.user_id;
  current_organization := held.organization_id;
  if held.ended_at is not null then
    outcome := 'ended';
    return;
  end if;
  if held.expires_at <= in_now then
    outcome := 'expired';
    return;
  end if;
  if token.used_at is not null and token.used_at + in_grace < in_now then
    outcome := 'reused';
    return;
  end if;
  target := coalesce(in_organization, held.organization_id);
  if target is not null and not exists (
    select from organization_memberships m where m.environment_id = in_environment and m.user_id = held.user_id
      and m.organization_id = target and m.status = 'active') then
    outcome := 'not_a_member';
    return;
  end if;
  if not in_approved and (target is distinct from held.organization_id
    or sign_in_rules_changed(in_environment, held.user_id, target, token.created_at)) then
    outcome := 'check';
    return;
  end if;

  if token.used_at is not null then
    sealed := token.answer;
    issued_at := token.used_at;
  else
    issued_at := in_now;
    insert into refresh_tokens (hash, environment_id, session_id, created_at, expires_at)
    values (in_new_hash, in_environment, token.session, in_now, in_now + interval '1 day' * 400);
    -- A used token is remembered for a week: whoever comes with it then has a stolen one, or the thief has ours.
    update refresh_tokens t set used_at = in_now, answer = in_sealed, expires_at = in_now + interval '7 days'
    where t.hash = in_hash;
  end if;

  select coalesce((a.settings #>> '{session,inactivity_seconds}')::integer, in_default_inactivity),
    coalesce((a.settings #>> '{session,maximum_seconds}')::integer, in_default_maximum)
  into inactivity, maximum
  from (select) as always left join authentication_settings a on a.environment_id = in_environment;
  -- An impersonation ends when it was said to end.
  extended := case when held.impersonator_email is not null then held.expires_at
    else least(in_now + interval '1 second' * inactivity, held.authenticated_at + interval '1 second' * maximum) end;
  -- The column is indexed: to move it at every refresh would write the index each time.
  if target is distinct from held.organization_id or abs(extract(epoch from extended - held.expires_at)) > 60 then
    update sessions s set organization_id = target, expires_at = extended, updated_at = in_now
    where s.environment_id = in_environment and s.id = token.session;
  end if;
  outcome := 'ok';
end
$$;

-- Wrong codes in a row over all challenges of a factor: whoever may start any number of challenges may not guess on.
alter table authentication_factors add column wrong_attempts integer not null default 0;
alter table authentication_factors add column wrong_at timestamptz;

-- A browser that signs out names its session and nothing else.
create index sessions_id on sessions (id);

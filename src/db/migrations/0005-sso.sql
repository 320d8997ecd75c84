create table profiles (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  organization_id text collate "C" not null,
  connection_id text collate "C" not null,
  realm text collate "C" not null,
  idp_id text collate "C" not null,
  -- The profile as the API answers it, less the fields that are columns here.
  email text not null,
  first_name text,
  last_name text,
  groups text[] not null,
  custom_attributes jsonb not null,
  raw_attributes jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, realm, idp_id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);

-- One sign-in attempt: made when the browser leaves for the identity provider, or when an unsolicited response arrives.
create table sso_sessions (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  organization_id text collate "C",
  connection_id text collate "C",
  origin text not null check (origin in ('sp', 'idp')),
  state text not null check (state in ('started', 'succeeded', 'failed', 'timed_out')),
  -- SHA-256 of the RelayState handle: the handle itself exists only in the browser.
  relay_hash bytea unique,
  request_id text collate "C" unique,
  -- Null only for unsolicited responses that were refused.
  redirect_uri text,
  app_state text,
  code_challenge text,
  nonce text,
  login_hint text,
  ip_address text,
  user_agent text,
  email text,
  error jsonb,
  timeline jsonb not null default '[]',
  -- The response as it arrived, kept only when it was refused, so that it can be examined and replayed.
  refused_response text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  finished_at timestamptz,
  primary key (environment_id, id)
);
create index sso_sessions_connection on sso_sessions (environment_id, connection_id, id);
create index sso_sessions_age on sso_sessions (created_at);
create index sso_sessions_open on sso_sessions (expires_at) where state = 'started';

-- SAML profiles §4.1.4.5: an assertion is accepted once. Kept until it could no longer be accepted anyway.
create table consumed_assertions (
  realm text collate "C" not null,
  message_id text collate "C" not null,
  expires_at timestamptz not null,
  primary key (realm, message_id)
);
create index consumed_assertions_age on consumed_assertions (expires_at);

create table sso_codes (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  session_id text collate "C" not null,
  profile_id text collate "C" not null,
  redirect_uri text not null,
  code_challenge text,
  -- The profile as it was at this sign-in, as JSON without its id.
  profile text not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index sso_codes_age on sso_codes (expires_at);

create table sso_access_tokens (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  code_hash bytea not null,
  profile_id text collate "C" not null,
  profile text not null,
  expires_at timestamptz not null
);
create index sso_access_tokens_code on sso_access_tokens (code_hash);
create index sso_access_tokens_profile on sso_access_tokens (environment_id, profile_id);
create index sso_access_tokens_age on sso_access_tokens (expires_at);

create table sso_logout_tokens (
  hash bytea primary key,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  profile_id text collate "C" not null,
  expires_at timestamptz not null
);
create index sso_logout_tokens_age on sso_logout_tokens (expires_at);

-- Everything a verified response leads to, in one round trip. Returns null when it is done, or why nothing was done:
-- 'replayed' (the assertion or the response was accepted before) or 'answered' (the login row was used or ran out).
-- in_activation_* carry the event to write when this sign-in is the connection's first.
create function finish_sso(
  in_environment text, in_session text, in_unsolicited boolean, in_organization text, in_connection text, in_realm text,
  in_response_id text, in_assertion_id text, in_replayable_until timestamptz,
  in_new_profile_id text, in_idp_id text, in_email text, in_first_name text, in_last_name text, in_groups text[],
  in_custom_attributes jsonb, in_raw_attributes jsonb,
  in_code_hash bytea, in_code_expires_at timestamptz, in_redirect_uri text, in_profile text,
  in_ip_address text, in_user_agent text, in_timeline jsonb, in_now timestamptz,
  in_activation_id text, in_activation_body text,
  in_event_ids text[], in_event_types text[], in_event_organizations text[], in_event_bodies text[]
) returns text language plpgsql as $$
declare
  remembered integer;
  challenge text;
  profile text;
begin
  insert into consumed_assertions (realm, message_id, expires_at)
  select in_realm, message_id, in_replayable_until
  from unnest(array[in_assertion_id, in_response_id]) as message_id
  on conflict do nothing;
  get diagnostics remembered = row_count;
  if remembered < 2 then
    return 'replayed';
  end if;

  if in_unsolicited then
    insert into sso_sessions (environment_id, id, organization_id, connection_id, origin, state, redirect_uri, ip_address,
      user_agent, email, timeline, created_at, expires_at, finished_at)
    values (in_environment, in_session, in_organization, in_connection, 'idp', 'succeeded', in_redirect_uri, in_ip_address,
      in_user_agent, in_email, in_timeline, in_now, in_now, in_now);
  else
    update sso_sessions
    set state = 'succeeded', email = in_email, timeline = timeline || in_timeline, finished_at = in_now
    where environment_id = in_environment and id = in_session and state in ('started', 'failed') and expires_at > in_now
    returning code_challenge into challenge;
    if not found then
      return 'answered';
    end if;
  end if;

  insert into profiles (environment_id, id, organization_id, connection_id, realm, idp_id, email, first_name, last_name,
    groups, custom_attributes, raw_attributes, created_at, updated_at)
  values (in_environment, in_new_profile_id, in_organization, in_connection, in_realm, in_idp_id, in_email, in_first_name,
    in_last_name, in_groups, in_custom_attributes, in_raw_attributes, in_now, in_now)
  on conflict (environment_id, realm, idp_id) do update
  set connection_id = excluded.connection_id, email = excluded.email, first_name = excluded.first_name,
    last_name = excluded.last_name, groups = excluded.groups, custom_attributes = excluded.custom_attributes,
    raw_attributes = excluded.raw_attributes, updated_at = excluded.updated_at
  returning id into profile;

  insert into sso_codes (hash, environment_id, session_id, profile_id, redirect_uri, code_challenge, profile, expires_at)
  values (in_code_hash, in_environment, in_session, profile, in_redirect_uri, challenge, in_profile, in_code_expires_at);

  if in_activation_id is not null then
    update connections set state = 'active', activated_at = in_now, updated_at = in_now
    where environment_id = in_environment and id = in_connection and state = 'validating';
    if found then
      perform append_events(in_environment, array[in_activation_id], array['connection.activated'],
        array[in_organization], array[in_activation_body], in_now);
    end if;
  end if;
  perform append_events(in_environment, in_event_ids, in_event_types, in_event_organizations, in_event_bodies, in_now);
  return null;
end
$$;

-- Exchanges a code for an access token in one round trip. `outcome` is 'ok', 'invalid_client', 'unauthorized_client',
-- 'invalid_grant' or 'reused'. A code that comes back takes down what it bought (RFC 6749 §4.1.2).
create function redeem_sso_code(
  in_client_id text, in_secret_hash bytea, in_code_hash bytea, in_challenge text, in_redirect_uri text,
  in_token_hash bytea, in_token_expires_at timestamptz, in_now timestamptz,
  out outcome text, out profile_id text, out profile text, out environment_id text, out api_key_id text
) language plpgsql as $$
declare
  client record;
  code record;
begin
  select e.id, k.id as key_id, k.environment_id as key_environment
  into client
  from environments e
  left join api_keys k on k.hash = in_secret_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > in_now)
  where e.client_id = in_client_id;
  if client.id is null or (in_secret_hash is not null and client.key_id is null)
    or (in_secret_hash is null and in_challenge is null) then
    outcome := 'invalid_client';
    return;
  end if;
  if client.key_environment <> client.id then
    outcome := 'unauthorized_client';
    return;
  end if;
  environment_id := client.id;
  api_key_id := client.key_id;

  select c.* into code from sso_codes c where c.hash = in_code_hash and c.environment_id = client.id for update;
  if not found or code.expires_at <= in_now then
    outcome := 'invalid_grant';
    return;
  end if;
  if code.redeemed_at is not null then
    delete from sso_access_tokens t where t.code_hash = in_code_hash;
    outcome := 'reused';
    return;
  end if;
  -- A challenge demands its verifier, a verifier demands its challenge: otherwise PKCE could be stripped or faked.
  if code.code_challenge is distinct from in_challenge
    or (in_redirect_uri is not null and in_redirect_uri <> code.redirect_uri) then
    outcome := 'invalid_grant';
    return;
  end if;

  update sso_codes c set redeemed_at = in_now where c.hash = in_code_hash;
  insert into sso_access_tokens (hash, environment_id, code_hash, profile_id, profile, expires_at)
  values (in_token_hash, client.id, in_code_hash, code.profile_id, code.profile, in_token_expires_at);
  outcome := 'ok';
  profile_id := code.profile_id;
  profile := code.profile;
end
$$;

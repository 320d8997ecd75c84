-- PostgreSQL updates a row without touching its indexes when no column of any index changes, the predicates of partial
-- ones included, and its page has room. A successful sign-in updates its row twice; so no index may ask for the state.
drop index sso_sessions_open;
drop index sso_sessions_failed;
drop index sso_sessions_connection_failed;
-- Only what was refused or ran out has an error.
create index sso_sessions_failed on sso_sessions (environment_id, id) where error is not null;
create index sso_sessions_connection_failed on sso_sessions (environment_id, connection_id, id) where error is not null;
alter table sso_sessions set (fillfactor = 50);
alter table sso_codes set (fillfactor = 70);

-- How far a job has gone through a table in the order of time.
create table job_marks (
  job text primary key,
  done_until timestamptz not null
);

create or replace function redeem_sso_code(
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

  -- A challenge demands its verifier, a verifier demands its challenge: otherwise PKCE could be stripped or faked.
  update sso_codes c set redeemed_at = in_now, token_hash = in_token_hash
  where c.hash = in_code_hash and c.environment_id = client.id and c.redeemed_at is null and c.expires_at > in_now
    and c.code_challenge is not distinct from in_challenge
    and (in_redirect_uri is null or in_redirect_uri = c.redirect_uri)
  returning c.session_id, c.profile_id, c.profile into code;
  if not found then
    outcome := 'invalid_grant';
    -- A code that comes back takes down what it bought (RFC 6749 §4.1.2).
    delete from sso_access_tokens t using sso_codes c
    where c.hash = in_code_hash and c.environment_id = client.id and c.redeemed_at is not null and c.expires_at > in_now
      and t.hash = c.token_hash;
    return;
  end if;
  update sso_sessions s set exchanged_at = in_now where s.environment_id = client.id and s.id = code.session_id;
  insert into sso_access_tokens (hash, environment_id, profile_id, profile, expires_at)
  values (in_token_hash, client.id, code.profile_id, code.profile, in_token_expires_at);
  outcome := 'ok';
  profile_id := code.profile_id;
  profile := code.profile;
end
$$;

-- When the application exchanged its code: a sign-in that succeeded here may still have come to nothing there.
alter table sso_sessions add column exchanged_at timestamptz;
alter table hosted_logins add column exchanged_at timestamptz;
-- Null for codes that no hosted sign-in led to, such as an impersonation's.
alter table authorization_codes add column hosted_login_id text collate "C";

-- A try at one of the scenarios of Test SSO. How far it is, is told by the attempts that follow it.
create table test_sso_runs (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  scenario text not null,
  flow text not null check (flow in ('standalone', 'authkit')),
  connection_id text collate "C" not null,
  url text not null,
  redirect_uri text not null,
  -- As it was at the beginning: it decides how a guest should fare.
  guests_allowed boolean not null,
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create index test_sso_runs_age on test_sso_runs (created_at);

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

  select c.* into code from sso_codes c where c.hash = in_code_hash and c.environment_id = client.id for update;
  if not found or code.expires_at <= in_now then
    outcome := 'invalid_grant';
    return;
  end if;
  if code.redeemed_at is not null then
    delete from sso_access_tokens t where t.hash = code.token_hash;
    outcome := 'reused';
    return;
  end if;
  -- A challenge demands its verifier, a verifier demands its challenge: otherwise PKCE could be stripped or faked.
  if code.code_challenge is distinct from in_challenge
    or (in_redirect_uri is not null and in_redirect_uri <> code.redirect_uri) then
    outcome := 'invalid_grant';
    return;
  end if;

  update sso_codes c set redeemed_at = in_now, token_hash = in_token_hash where c.hash = in_code_hash;
  update sso_sessions s set exchanged_at = in_now where s.environment_id = client.id and s.id = code.session_id;
  insert into sso_access_tokens (hash, environment_id, profile_id, profile, expires_at)
  values (in_token_hash, client.id, code.profile_id, code.profile, in_token_expires_at);
  outcome := 'ok';
  profile_id := code.profile_id;
  profile := code.profile;
end
$$;

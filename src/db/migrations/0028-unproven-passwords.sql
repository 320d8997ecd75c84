-- Chosen at sign-up by somebody who had not shown the inbox yet, or in place of one that was. It goes when the inbox is
-- shown without it, with all that it opened. Passwords that the application brought are the application's to vouch for.
alter table user_passwords add column self_chosen boolean not null default false;

-- What a password opened is found by its owner. Deleting a user looks here, too.
create index pending_authentications_user on pending_authentications (environment_id, user_id);
create index authorization_codes_user on authorization_codes (environment_id, user_id);
create index device_authorizations_user on device_authorizations (environment_id, user_id) where user_id is not null;
create index hosted_logins_proven on hosted_logins (environment_id, (state #>> '{proven,user}'))
  where state #>> '{proven,user}' is not null;

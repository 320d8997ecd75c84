-- When the last of a connection's certificates ends, and with it every sign-in through it. Only what is saved from now on
-- has it: metadata is read anew every day, and what was entered by hand when it is entered again.
alter table connections add column idp_certificates_expire_at timestamptz;
create index connections_by_certificate_expiry on connections (environment_id, idp_certificates_expire_at)
  where idp_certificates_expire_at is not null;

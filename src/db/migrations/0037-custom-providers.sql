-- Any OpenID provider by the name its environment gives it, beside those that are known here.

-- What people know it as; null for known providers, which have their own.
alter table oauth_providers add column title text;
-- Whether an address counts as proven because the provider says that it verified it.
alter table oauth_providers add column trusts_email boolean not null default true;

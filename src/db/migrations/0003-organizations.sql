create table organizations (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  external_id text collate "C",
  stripe_customer_id text collate "C",
  metadata jsonb not null default '{}',
  allow_profiles_outside_organization boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  unique (environment_id, external_id),
  unique (environment_id, stripe_customer_id)
);

create table organization_domains (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  organization_id text collate "C" not null,
  domain text collate "C" not null,
  state text not null check (state in ('failed', 'legacy_verified', 'pending', 'unverified', 'verified')),
  verification_strategy text not null check (verification_strategy in ('dns', 'manual')),
  verification_token text,
  verification_prefix text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade,
  unique (environment_id, organization_id, domain)
);
-- Several organizations may try to claim a domain; only one can have it.
create unique index organization_domains_one_owner on organization_domains (environment_id, domain)
  where state in ('verified', 'legacy_verified');
create index organization_domains_pending on organization_domains (environment_id, domain) where state = 'pending';
create index organization_domains_age on organization_domains (created_at) where state = 'pending';

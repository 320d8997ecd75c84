create table connections (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  organization_id text collate "C" not null,
  -- The opaque part of the ACS URL and SP entity id: found without knowing the environment.
  external_key text collate "C" not null unique,
  connection_type text collate "C" not null,
  name text not null,
  state text not null check (state in ('requires_type', 'draft', 'active', 'validating', 'inactive', 'deleting')),
  -- Profiles belong to a realm, not to a connection: one made again for the same organization and identity
  -- provider continues the realm, so people keep their profile ids.
  realm text collate "C" not null,
  idp_entity_id text,
  idp_sso_redirect_url text,
  idp_sso_post_url text,
  idp_metadata_url text,
  idp_metadata_fetched_at timestamptz,
  -- Base64 DER of every signing certificate.
  idp_certificates text[] not null default '{}',
  idp_wants_signed_requests boolean not null default false,
  attribute_map jsonb not null default '{}',
  options jsonb not null default '{}',
  -- The first sign-in that worked; from then on switching the connection on makes it active at once.
  activated_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);
create index connections_organization on connections (environment_id, organization_id, id);
create index connections_type on connections (environment_id, connection_type, id);

create table connection_realms (
  environment_id text collate "C" not null,
  organization_id text collate "C" not null,
  idp_entity_id text collate "C" not null,
  realm text collate "C" not null,
  primary key (environment_id, organization_id, idp_entity_id),
  foreign key (environment_id, organization_id) references organizations (environment_id, id) on delete cascade
);

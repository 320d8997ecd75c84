-- A preflight names its origin and no tenant.
create index cors_origins_origin on cors_origins (origin);

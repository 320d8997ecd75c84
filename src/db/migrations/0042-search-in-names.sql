-- A search for part of a name reads the names that hold it and not all of them. The extension ships with PostgreSQL and
-- the owner of a database may create it; where it is missing, not allowed or out of sight in another schema, a search
-- reads all names as before.
do $$
begin
  create extension if not exists pg_trgm;
  create index organizations_name_parts on organizations using gin (name gin_trgm_ops);
  create index organization_domains_parts on organization_domains using gin (domain gin_trgm_ops);
  create index connections_name_parts on connections using gin (name gin_trgm_ops);
  create index directories_name_parts on directories using gin (name gin_trgm_ops);
exception when insufficient_privilege or feature_not_supported or undefined_file or undefined_object then
  raise notice 'pg_trgm cannot be used here: searches in names read all names';
end
$$;

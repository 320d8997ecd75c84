-- Lists of organizations by domain ask whatever the state of the domain.
create index organization_domains_domain on organization_domains (environment_id, domain);

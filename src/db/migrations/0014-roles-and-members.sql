-- Every environment has a role that people get who are given none.
insert into roles (environment_id, id, slug, name, is_default, priority, created_at, updated_at)
select id, 'role_' || substr(id, length('environment_') + 1), 'member', 'Member', true, 0, created_at, created_at
from environments
on conflict do nothing;
create unique index roles_default on roles (environment_id) where is_default;

-- The users of an organization are paged by their own ids.
create unique index organization_memberships_user on organization_memberships (environment_id, organization_id, user_id);

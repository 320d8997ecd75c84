-- Who has not come for long may not need the way in any more. Sessions are pruned, and cannot tell.
alter table dashboard_users add column last_sign_in_at timestamptz;

-- What a claim costs must not depend on what waits behind it.

-- The next ones of an endpoint, without sorting what is due at the same moment.
drop index webhook_deliveries_due;
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at, position) where state = 'pending';

-- The head of each lane of an endpoint in ordered mode; a lane is an organization, or what belongs to none.
drop index webhook_deliveries_order;
create index webhook_deliveries_lanes on webhook_deliveries (endpoint_id, (coalesce(organization_id, '')), position)
  where state = 'pending';

-- Room for the lease to be written beside what it replaces.
alter table webhook_deliveries set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

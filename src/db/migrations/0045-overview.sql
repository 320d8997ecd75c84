-- The overview looks for the newest of each, and again whenever something happens. Where there is none it would read all.
create index api_requests_events_read on api_requests (environment_id, id) where path = '/events' and status = 200;
create index webhook_deliveries_succeeded on webhook_deliveries (environment_id, id) where state = 'succeeded' and not is_test;

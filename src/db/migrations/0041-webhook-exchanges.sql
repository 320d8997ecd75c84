-- What a delivery went through, for whoever asks why nothing came: its latest attempts, the oldest first, and the headers
-- of the last one.
alter table webhook_deliveries
  add column recent_attempts jsonb not null default '[]',
  add column last_headers jsonb;

-- A webhook endpoint that does not answer is asked with one delivery at a time; the others wait without being touched.
alter table webhook_endpoints
  -- Attempts in a row that nobody answered.
  add column unanswered integer not null default 0,
  -- When it is asked next; null while it answers.
  add column probe_at timestamptz;

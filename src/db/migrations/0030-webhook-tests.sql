-- A delivery that somebody asked for to see what the receiver says. Its event is in no log.
alter table webhook_deliveries
  add column is_test boolean not null default false,
  alter column event_seq drop not null,
  alter column position drop not null,
  add check (is_test or (event_seq is not null and position is not null));

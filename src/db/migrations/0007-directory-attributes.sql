-- Custom attributes that every person of the environment carries, in all directories.
create table directory_attributes (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  name text collate "C" not null,
  -- Where to read it unless a directory says otherwise; null when only directories can say.
  path text,
  description text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, name)
);

-- What people look like to the application depends on settings. When those change, people are settled in batches, each
-- with its progress in the same transaction: whoever finds work left over goes on with it.
alter table directories
  -- The seq of the last person settled, 0 before the first; null when everybody is.
  add column settle_after bigint,
  -- Whether everybody has to be read again, or only those whose role or visibility differs.
  add column settle_all boolean not null default false;
create index directories_to_settle on directories (environment_id, id) where settle_after is not null;

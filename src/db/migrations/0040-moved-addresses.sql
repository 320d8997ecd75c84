-- The address became this one without anybody having shown its inbox: whoever has the account may not have the address,
-- and what they set up ends when its owner comes.
alter table users add column moved boolean not null default false;

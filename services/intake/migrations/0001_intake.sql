-- Password hashes: outside the facts, so that no copy of a log helps to guess one. The account's facts say which counts.
create table credentials(
  id uuid primary key, account uuid not null, hash text not null, at timestamptz not null default now()
);
create index credentials_of_account on credentials (account);

-- The last number given, by provider and year: gaps are allowed, so it is no part of a command's transaction.
create table numbers(provider text not null, year int not null, last int not null, primary key (provider, year));

-- What is looked up in the log by more than stream and subject.
create index accounts_by_id on events ((data::jsonb ->> 'account')) where type in ('account.opened', 'account.opened-anew');
create index applications_by_number on events ((data::jsonb ->> 'number')) where type = 'ApplicationRegistered';
create index editions_by_procedure on events ((data::jsonb ->> 'procedure')) where type = 'EditionPublished';

grant select, insert, delete on credentials to :service;
grant select, insert, update on numbers to :service;

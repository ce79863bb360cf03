-- How far each import has come: shown while it goes on, no fact of its own.
create table imports(
  id uuid primary key, evaluation uuid not null, account uuid not null, file text not null, stage text not null,
  done int not null default 0, rows int not null default 0, at timestamptz not null default now()
);
create index on imports(evaluation, at);
grant select, insert, update, delete on imports to :service;

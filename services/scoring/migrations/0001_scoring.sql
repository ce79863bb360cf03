-- How far a file has been taken: shown while it is, no fact of its own.
create table imports(
  evaluation uuid not null, file text not null, organisations int not null, taken int not null,
  at timestamptz not null default now(), primary key (evaluation, file)
);
grant select, insert, update on imports to :service;

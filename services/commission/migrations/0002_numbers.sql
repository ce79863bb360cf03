-- The last number given to an outgoing paper: gaps are allowed, so it is no part of a command's transaction.
create table numbers(
  provider text not null, paper text not null, year int not null, last int not null, primary key (provider, paper, year)
);
grant select, insert, update on numbers to :service;

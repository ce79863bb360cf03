-- Own public facts that neighbours have and this log lacks, since it was restored from before them.
create table missing(stream text not null, version int not null, primary key (stream, version));
grant select on missing to :service;

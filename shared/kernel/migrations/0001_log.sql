-- One append-only log per service: own private facts, own public facts (subject), copies of others' (origin).
create table events(
  tx xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  id uuid not null,
  stream text not null,
  version int not null check (version > 0),
  subject text,
  type text not null,
  data text not null,
  meta text not null,
  at timestamptz not null,
  origin text,
  primary key (stream, version)
);
create index events_log on events(tx, position);
create index events_relay on events(tx, position) where subject is not null and origin is null;
create index events_subject on events(subject) where subject is not null;
create unique index events_id on events(id);

-- How far each follower has come.
create table cursors(name text primary key, tx xid8 not null default '0', position bigint not null default 0);

-- Facts that a follower holds back: they wait for others (awaits), or failed (error), or stand behind one that did.
create table held(
  reader text not null, subject text not null, tx xid8 not null, position bigint not null, fact uuid not null,
  awaits text[] not null default '{}', error text, since timestamptz not null default now(),
  primary key (reader, subject, tx, position)
);

-- Answers to commands with an Idempotency-Key; rendered again from the result's id, so no personal data.
create table answers(
  scope text not null, key text not null, body text not null, status int not null, result text not null,
  at timestamptz not null default now(), primary key (scope, key)
);
create index answers_at on answers(at);

-- Up to which recorded instant each source has sent everything.
create table watermarks(source text primary key, at timestamptz not null);

-- Records that could not enter the log, kept raw and sealed.
create table parked_records(
  cluster text not null, topic text not null, part int not null, offs bigint not null, reason text not null,
  raw bytea, at timestamptz not null default now(), primary key (cluster, topic, part, offs)
);

-- Document bytes, sealed under their person's key, addressed by person and SHA-256 of the plain bytes.
create table documents(
  person uuid not null, digest text not null, media_type text not null, size int not null, sealed bytea not null,
  at timestamptz not null default now(), primary key (person, digest)
);

-- Each opening of a person's data by an official: apart from the facts.
create table openings(
  position bigint generated always as identity primary key, at timestamptz not null default now(),
  account uuid not null, subject text not null, route text not null
);

-- Which form each read model was built in.
create table views(name text primary key, form text not null);

-- Read models, and those that are being built beside them.
create schema views;
create schema views_next;

grant select, insert on events, openings to :service;
grant select, insert, update, delete on cursors, held, answers, watermarks, parked_records, views to :service;
grant select, insert, delete on documents to :service;
grant usage, create on schema views, views_next to :service;

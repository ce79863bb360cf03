-- Each command looks for its answer. A plan made while there are few answers, and kept while they come, would read all.
create function answered(text, text) returns setof answers language sql stable set enable_seqscan = off
  as 'select * from answers where scope = $1 and key = $2';

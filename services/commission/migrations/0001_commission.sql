-- Bodies are few and have no public facts: their streams are found by the fact that formed them.
create index bodies on events(stream) where type = 'body.formed';

-- What a fact that came releases is looked for at each batch: without this, among everything that waits.
create index held_awaits on held using gin (awaits);

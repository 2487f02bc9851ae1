-- A new message moves its ticket to the head of the list. With the instant itself in an index every message would write a new
-- entry into each index of its ticket; in slots of ten minutes the row changes in place, and the list sorts within a slot.

create function ticket_list_slot(at timestamptz) returns timestamp language sql immutable parallel safe as
  $$ select date_bin('10 minutes', at at time zone 'UTC', timestamp '2000-01-01') $$;

alter table tickets add column list_slot timestamp generated always as (ticket_list_slot(last_message_at)) stored;
drop index tickets_list;
create index tickets_list on tickets (tenant_id, list_slot desc);

-- Room for versions beside their ticket: while some session holds an old snapshot none of them can go, and one that finds no room on
-- its page becomes an entry of every index.
alter table tickets set (fillfactor = 30);

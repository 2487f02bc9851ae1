-- The foundation: tenants, identity, tickets, messages, the ledger of deliveries and the event log (DESIGN 2 and 3).
-- Forward only, the PostgreSQL 15 subset; the same file runs on the embedded database. Ids are UUIDv7 made in Node.

create table installation (
  key text primary key,
  value text not null
);

create table tenants (
  id text primary key check (id ~ '^[a-z0-9_][a-z0-9_-]{0,62}$'),
  name text not null,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

-- The tenant's log: everything at or below floor_seq was dropped by retention. Nothing on the hot path updates this row.
create table streams (
  tenant_id text primary key references tenants (id),
  epoch text not null,
  floor_seq bigint not null default 0
);

create table queues (
  tenant_id text not null references tenants (id),
  id uuid not null,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index queues_one_default on queues (tenant_id) where is_default;
create unique index queues_name on queues (tenant_id, lower(name));

create table agents (
  tenant_id text not null references tenants (id),
  id text not null,
  name text,
  roles text[] not null default '{}',
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table instances (
  tenant_id text not null references tenants (id),
  id uuid not null,
  instance_id text not null,
  broker text not null check (broker in ('canonical', 'evolution', 'waha', 'cloud-api')),
  name text,
  base_url text,
  credentials bytea,
  webhook bytea,
  limits jsonb not null default '{}',
  group_policy text not null default 'ignore' check (group_policy in ('ignore', 'accept')),
  own_address text,
  state text not null default 'unknown',
  state_detail text,
  state_at timestamptz(3),
  queue_missing_at timestamptz(3),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (instance_id)
);

create table contacts (
  tenant_id text not null,
  id uuid not null,
  kind text not null default 'person' check (kind in ('person', 'group')),
  name text,
  name_at timestamptz,
  push_name text,
  phone text,
  document text,
  registrations text[],
  avatar_url text,
  avatar_at timestamptz,
  metadata jsonb not null default '{}',
  merged_into uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index contacts_phone on contacts (tenant_id, phone) where phone is not null;

-- scope is '' for a phone (tenant-wide) and the instance for everything else; key is what matches, value is as received.
create table contact_aliases (
  tenant_id text not null,
  id uuid not null,
  kind text not null check (kind in ('phone', 'jid', 'lid', 'bsuid', 'username')),
  scope text not null,
  key text not null,
  value text not null,
  contact_id uuid not null,
  source text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, kind, scope, key)
);
create index contact_aliases_contact on contact_aliases (tenant_id, contact_id);

create table contact_merges (
  tenant_id text not null,
  id uuid not null,
  winner_id uuid not null,
  loser_id uuid not null,
  evidence text not null,
  details jsonb not null,
  merged_at timestamptz not null default now(),
  undone_at timestamptz,
  primary key (tenant_id, id)
);

-- chat is the contact id of a person, the jid of a group.
create table tickets (
  tenant_id text not null,
  id uuid not null,
  instance_id text not null,
  chat text not null,
  contact_id uuid not null,
  queue_id uuid,
  assignee_id text,
  status text not null check (status in ('OPEN', 'PENDING', 'ASSIGNED', 'RESOLVED', 'CLOSED')),
  is_history boolean not null default false,
  merged_into uuid,
  first_in timestamptz(3),
  last_in timestamptz(3),
  first_out timestamptz(3),
  last_out timestamptz(3),
  in_count int not null default 0,
  out_count int not null default 0,
  unread int not null default 0,
  last_message_at timestamptz(3),
  last_message_id uuid,
  preview text,
  resolved_at timestamptz(3),
  closed_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id)
) with (fillfactor = 70);
create unique index tickets_one_open on tickets (tenant_id, instance_id, chat) where status in ('OPEN', 'PENDING', 'ASSIGNED');
create unique index tickets_one_history on tickets (tenant_id, instance_id, chat) where is_history;
-- A person's tickets are found by chat too: theirs is the contact id.
create index tickets_chat on tickets (tenant_id, chat, instance_id, created_at);
create index tickets_list on tickets (tenant_id, last_message_at desc, id desc);

create table messages (
  tenant_id text not null,
  id uuid not null,
  ticket_id uuid not null,
  instance_id text not null,
  chat text not null,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  external_id text not null,
  alias_id uuid,
  author_contact_id uuid,
  type text not null,
  content text,
  caption text,
  status text not null,
  pending_at timestamptz(3),
  sent_at timestamptz(3),
  delivered_at timestamptz(3),
  read_at timestamptz(3),
  played_at timestamptz(3),
  failed_at timestamptz(3),
  failure text,
  broker_at timestamptz(3),
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null,
  placeholder boolean not null default false,
  quoted_external_id text,
  reactions json not null default '[]',
  edited_at timestamptz(3),
  edit_action_id text,
  revoked_at timestamptz(3),
  client_ref text,
  retry_of uuid,
  media json,
  metadata json not null,
  trace_id text not null,
  primary key (tenant_id, id)
);
alter table messages set (toast_tuple_target = 8160);
-- Dedupe is this index. The id comes before the chat so that a status finds its message by the same index.
create unique index messages_once on messages (tenant_id, instance_id, external_id, chat, direction);
create index messages_thread on messages (tenant_id, ticket_id, occurred_at desc, id desc);

-- The raw body, once per delivery and instance; sha256 of the original bytes as they came over the wire.
create table deliveries (
  day date not null,
  tenant_id text not null,
  id uuid not null,
  instance_id text not null,
  transport text not null,
  sha256 bytea not null,
  raw bytea not null,
  item_count int not null,
  trace_id text not null,
  received_at timestamptz(3) not null,
  primary key (day, tenant_id, id)
) partition by range (day);
create table deliveries_default partition of deliveries default;

-- The ledger: one row per item of a delivery.
create table inbox_events (
  day date not null,
  tenant_id text not null,
  id uuid not null,
  delivery_id uuid not null,
  item_index int not null,
  instance_id text not null,
  kind text not null,
  external_id text,
  verdict text not null check (verdict in ('accepted', 'duplicate', 'ignored', 'rejected', 'parked')),
  reason text not null,
  message_id uuid,
  contact_id uuid,
  primary key (day, tenant_id, id)
) partition by range (day);
create table inbox_events_default partition of inbox_events default;
create index inbox_events_external on inbox_events (tenant_id, external_id) where external_id is not null;

-- Early changes wait here for their message (7 days); poison and unknown instances wait for a person.
create table parked_events (
  tenant_id text not null,
  id uuid not null,
  instance_id text not null,
  kind text not null check (kind in ('status', 'edit', 'reaction', 'revoke', 'poison', 'unrouted')),
  target_id text not null,
  item_key text not null,
  event json not null,
  reason text not null,
  error text,
  attempts int not null default 0,
  ledger_day date not null,
  ledger_id uuid not null,
  trace_id text not null,
  received_at timestamptz(3) not null,
  parked_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, instance_id, target_id, kind, item_key)
);
create index parked_events_list on parked_events (tenant_id, kind, parked_at);

-- The log. Stored payloads leave out epoch and seq; they are composed when read, so that a batch need not know its seq beforehand.
create table events (
  tenant_id text not null,
  seq bigint not null,
  event_id uuid not null,
  type text not null,
  payload json not null,
  contact_id uuid,
  trace_id text not null,
  occurred_at timestamptz(3) not null,
  primary key (tenant_id, seq)
);
-- Payloads are written once and read soon: compressing each row above 2 kB costs more than the row itself.
alter table events set (toast_tuple_target = 8160);

-- Keys and hashes of media to fetch, encrypted, deleted after the fetch.
create table media_jobs (
  tenant_id text not null,
  id uuid not null,
  message_id uuid not null,
  source bytea not null,
  state text not null default 'pending',
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, message_id)
);

create table audit_log (
  tenant_id text not null,
  id uuid not null,
  actor text not null,
  action text not null,
  subject text not null,
  details jsonb not null default '{}',
  trace_id text,
  at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Single-use WebSocket tickets (hashed) and revoked tokens, both forgotten when the token they stand for expires.
create table ws_tickets (
  tenant_id text not null,
  hash bytea primary key,
  claims jsonb not null,
  expires_at timestamptz not null
);
create table revoked_tokens (
  tenant_id text not null,
  jti text not null,
  expires_at timestamptz not null,
  revoked_at timestamptz not null default now(),
  primary key (tenant_id, jti)
);

create table job_runs (
  tenant_id text not null default '',
  job text not null,
  slot timestamptz not null,
  leased_until timestamptz not null,
  finished_at timestamptz,
  result jsonb,
  primary key (job, slot)
);

-- Deliveries of instances nobody registered wait here; operators see them, creating the instance adopts them.
insert into tenants (id, name) values ('_unrouted', 'Deliveries of unknown instances');
insert into streams (tenant_id, epoch) values ('_unrouted', 'unrouted');

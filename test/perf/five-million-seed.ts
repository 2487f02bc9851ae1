// Fills a database as months of service would have: messages with their contacts, tickets, ledger and events, by set-based SQL.
import type { BenchDatabase } from './postgres.js';
import { report } from './measure.js';
import { TENANTS } from './systems.js';

/** How much. Contacts beyond those of the load are there to make the tables what they are. */
export interface SeedSize {
  messages: number;
  contacts: number;
  /** The newest of them have their events, ledger rows and bodies still: the rest is older than what is kept. */
  recent: number;
}

export const FIVE_MILLION: SeedSize = { messages: 5_000_000, contacts: 200_000, recent: 500_000 };

const PORTIONS = 10;

/** What was stored since the seed: everything of it is older than `newestId`, of `day`, and numbered up to `seq`. */
export interface Seeded {
  newestId: string;
  day: string;
  seq: number;
}

/** Fills an empty, migrated database whose instances are named like their tenants. Takes minutes at full size, and leaves it vacuumed. */
export async function seed(database: BenchDatabase, size: SeedSize): Promise<Seeded> {
  const { messages, contacts, recent } = size;
  const from = performance.now();
  function tell(what: string): void {
    report(`seed: ${what} after ${((performance.now() - from) / 1000).toFixed(0)} s`);
  }
  for (const statement of PREPARATION) await database.run(statement);
  await database.run(PEOPLE, [TENANTS, contacts]);
  for (const statement of CONTACTS_AND_TICKETS)
    await database.run(statement, statement.includes('$1') ? [messages / contacts] : []);
  tell(`${contacts} contacts and tickets`);
  const indexes = await takeIndexesOff(database, 'messages');
  for (let portion = 0; portion < PORTIONS; portion++) {
    const [first, last] = [(messages / PORTIONS) * portion, (messages / PORTIONS) * (portion + 1) - 1];
    await database.run(MESSAGES, [first, last, messages, contacts]);
    tell(`${last + 1} messages`);
  }
  for (const statement of indexes) await database.run(statement);
  tell('indexes of messages');
  const perTenant = recent / TENANTS.length;
  for (const statement of RECENT) await database.run(statement, [TENANTS, perTenant]);
  tell(`${recent} events and ledger rows`);
  await database.run('vacuum (analyze)');
  await database.settle();
  tell('vacuumed');
  const [mark] = await database.rows<{ id: string; day: string }>(
    `select pg_temp.bench_id('mark', 0, now())::text as id, (now() at time zone 'utc')::date - 1 || '' as day`,
  );
  if (!mark) throw new Error('the database does not answer');
  return { newestId: mark.id, day: mark.day, seq: perTenant };
}

/** Messages stored since the seed. Throws when messages, ledger and log disagree. */
export async function countSince({ rows }: BenchDatabase, { newestId, day, seq }: Seeded): Promise<number> {
  const [counts] = await rows<Record<string, number>>(
    `select (select count(*)::int from messages where tenant_id = any($1) and id > $2) as messages,
       (select count(*)::int from deliveries where day > $3::date) as raw,
       (select count(*)::int from inbox_events where day > $3::date and verdict = 'accepted') as ledger,
       (select count(*)::int from events where tenant_id = any($1) and seq > $4 and type = 'ticket.message') as events`,
    [TENANTS, newestId, day, seq],
  );
  const values = new Set(Object.values(counts ?? {}));
  if (values.size !== 1) throw new Error(`the rows disagree: ${JSON.stringify(counts)}`);
  return [...values][0] ?? NaN;
}

/** Drops a table's indexes and constraints with one; gives the statements that bring them back. */
async function takeIndexesOff({ run, rows }: BenchDatabase, table: string): Promise<string[]> {
  const found = await rows<{ name: string; definition: string; constrained: string | null }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition, pg_get_constraintdef(c.oid) as constrained
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid where i.indrelid = $1::regclass`,
    [table],
  );
  for (const { name, constrained } of found)
    await run(constrained === null ? `drop index ${name}` : `alter table ${table} drop constraint ${name}`);
  return found.map(({ name, definition, constrained }) =>
    constrained === null ? definition : `alter table ${table} add constraint ${name} ${constrained}`,
  );
}

const PREPARATION = [
  `set maintenance_work_mem = '512MB'`,
  `set work_mem = '128MB'`,
  `create function pg_temp.bench_id(salt text, n bigint, at timestamptz) returns uuid language sql immutable as $$
     select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt || n), 1, 3) || '8' || substr(md5(salt || n), 4, 15))::uuid
   $$`,
];

/** Spelled as the load's contacts are, and dealt to the tenants like them: the load's are the first of these. */
const PEOPLE = `create temp table people as
  select n, ($1::text[])[n % cardinality($1::text[]) + 1] as tenant_id, '+55119' || (70000000 + n) as phone, '5511' || (70000000 + n) as key,
    pg_temp.bench_id('contact', n, now() - interval '90 days') as contact_id, pg_temp.bench_id('alias', n, now() - interval '90 days') as alias_id,
    pg_temp.bench_id('ticket', n, now() - interval '90 days') as ticket_id
  from generate_series(0, $2::int - 1) n`;

const CONTACTS_AND_TICKETS = [
  'analyze people',
  `insert into contacts (tenant_id, id, name, name_at, phone, registrations)
   select tenant_id, contact_id, 'Maria ' || n, now() - interval '90 days', phone, '{ABC123}' from people`,
  `insert into contact_aliases (tenant_id, id, kind, scope, key, value, contact_id, source)
   select tenant_id, alias_id, 'phone', '', key, phone, contact_id, 'event' from people`,
  `insert into tickets (tenant_id, id, instance_id, chat, contact_id, status, first_in, last_in, in_count, unread, last_message_at, preview)
   select tenant_id, ticket_id, tenant_id, contact_id::text, contact_id, 'OPEN', now() - interval '80 days', now() - interval '1 day' + n * interval '100 ms',
     $1::int, 3, now() - interval '1 day' + n * interval '100 ms', 'bom dia' from people`,
];

/** Of eighty days, in the order of their time; a contact's are far from each other. */
const MESSAGES = `insert into messages (tenant_id, id, ticket_id, instance_id, chat, direction, external_id, alias_id, type, content, status,
    broker_at, occurred_at, received_at, metadata, trace_id)
  select p.tenant_id, pg_temp.bench_id('message', m, at), p.ticket_id, p.tenant_id, p.contact_id::text, 'INBOUND',
    '3EB0' || upper(substr(md5('wamid' || m), 1, 18)), p.alias_id, 'TEXT', 'Bom dia! ' || repeat('Ainda aguardo a resposta. ', (m % 5)::int), 'SENT', at, at, at,
    json_build_object('broker', json_build_object('messageId', '3EB0' || m, 'instanceId', p.tenant_id, 'broker', 'baileys', 'timestamp', at, 'receivedAt', at, 'cursor', null),
      'brokerMessageTimestamp', at, 'normalizedTimestamp', at, 'media', json_build_object(), 'location', null, 'contacts', null,
      'contact', json_build_object('phone', p.phone, 'registrations', json_build_array('ABC123'))),
    p.alias_id::text
  from generate_series($1::bigint, $2::bigint) m
  cross join lateral (select now() - interval '80 days' + m * (interval '79 days' / $3::float8) as at) t
  join people p on p.n = (m * 7919) % $4::bigint`;

/** Events and ledger of the last days; bodies as short as a plain text's. The ledger's partition is yesterday's, which the service has made. */
const RECENT = [
  `insert into events (tenant_id, seq, event_id, type, payload, contact_id, trace_id, occurred_at)
   select tenant_id, seq, pg_temp.bench_id('event' || tenant_id, seq, at), 'ticket.message',
     json_build_object('tenantId', tenant_id, 'occurredAt', at, 'text', repeat('Ainda aguardo a resposta. ', 30)), null, 'bench', at
   from unnest($1::text[]) tenant_id, generate_series(1, $2::int) seq
   cross join lateral (select now() - interval '6 days' + seq * (interval '5 days' / $2::float8) as at) t`,
  `insert into deliveries (day, tenant_id, id, instance_id, transport, sha256, raw, item_count, trace_id, received_at)
   select (now() at time zone 'utc')::date - 1, tenant_id, pg_temp.bench_id('delivery' || tenant_id, n, now() - interval '1 day'), tenant_id, 'webhook',
     decode(md5(n::text) || md5(n::text), 'hex'), convert_to(repeat('Ainda aguardo a resposta. ', 12), 'utf8'), 1, 'bench', now() - interval '1 day'
   from unnest($1::text[]) tenant_id, generate_series(1, $2::int) n`,
  `insert into inbox_events (day, tenant_id, id, delivery_id, item_index, instance_id, kind, external_id, verdict, reason)
   select (now() at time zone 'utc')::date - 1, tenant_id, pg_temp.bench_id('item' || tenant_id, n, now() - interval '1 day'),
     pg_temp.bench_id('delivery' || tenant_id, n, now() - interval '1 day'), 0, tenant_id, 'message', '3EB0' || upper(substr(md5('seen' || n), 1, 18)), 'accepted', 'ok'
   from unnest($1::text[]) tenant_id, generate_series(1, $2::int) n`,
];

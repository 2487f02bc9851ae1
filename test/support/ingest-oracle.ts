// What must be true of the database after any load: everything is recomputed from the rows, nothing is taken on trust.
import type { Pool } from 'pg';
import { selectLedgerAudit } from '../../apps/api/dist/db/sql/ledger.js';

const OPEN = `status in ('OPEN', 'PENDING', 'ASSIGNED')`;

/** Lines that nobody wrote do not count, but missed calls do. */
const COUNTS = `(type <> 'SYSTEM' or metadata ->> 'kind' = 'missed_call') is true`;

/** Each finds the rows that break a rule; `tenant` and a sample are enough to look further. */
const RULES: Record<string, string> = {
  'the numbers of the log run from 1 without a gap': `
    select tenant_id, count(*), min(seq), max(seq) from events group by 1 having count(*) <> max(seq) or min(seq) <> 1`,
  'a conversation has one open ticket': `
    select tenant_id, instance_id, chat from tickets where ${OPEN} group by 1, 2, 3 having count(*) > 1`,
  'a message is stored once per instance, direction and id of one chat': `
    select tenant_id, instance_id, external_id from messages group by tenant_id, instance_id, chat, direction, external_id having count(*) > 1`,
  'a message lies in a ticket of its chat': `
    select m.tenant_id, m.id from messages m left join tickets t on t.tenant_id = m.tenant_id and t.id = m.ticket_id
    where t.id is null or t.chat <> m.chat or t.instance_id <> m.instance_id`,
  'a chat is a contact that was not merged away': `
    select m.tenant_id, m.chat from messages m left join contacts c on c.tenant_id = m.tenant_id and c.id::text = m.chat
    where c.id is null or c.merged_into is not null`,
  'an alias belongs to a contact that was not merged away': `
    select a.tenant_id, a.key from contact_aliases a left join contacts c on c.tenant_id = a.tenant_id and c.id = a.contact_id
    where c.id is null or c.merged_into is not null`,
  'a contact has a name it is found by': `
    select c.tenant_id, c.id from contacts c where c.merged_into is null
    and not exists (select 1 from contact_aliases a where a.tenant_id = c.tenant_id and a.contact_id = c.id)`,
  'the timeline and the unread count equal a recomputation from the messages': `
    select t.tenant_id, t.id, to_jsonb(t) as is, to_jsonb(c) as should from tickets t left join (
      select tenant_id, ticket_id, min(occurred_at) filter (where direction = 'INBOUND' and ${COUNTS}) fi, max(occurred_at) filter (where direction = 'INBOUND' and ${COUNTS}) li,
        min(occurred_at) filter (where direction = 'OUTBOUND' and ${COUNTS}) fo, max(occurred_at) filter (where direction = 'OUTBOUND' and ${COUNTS}) lo,
        (count(*) filter (where direction = 'INBOUND' and ${COUNTS}))::int ki, (count(*) filter (where direction = 'OUTBOUND' and ${COUNTS}))::int ko, coalesce(max(occurred_at) filter (where ${COUNTS}), max(occurred_at)) la
      from messages group by 1, 2) c on c.tenant_id = t.tenant_id and c.ticket_id = t.id
    where (t.first_in, t.last_in, t.first_out, t.last_out, t.in_count, t.out_count, t.unread, t.last_message_at)
      is distinct from (c.fi, c.li, c.fo, c.lo, coalesce(c.ki, 0), coalesce(c.ko, 0), coalesce(c.ki, 0), c.la)`,
  'the last message of a ticket is its newest, and the preview is its text': `
    select t.tenant_id, t.id, t.preview, l.content from tickets t
    left join (select distinct on (tenant_id, ticket_id) * from messages order by tenant_id, ticket_id, ${COUNTS} desc, occurred_at desc, id desc) l
      on l.tenant_id = t.tenant_id and l.ticket_id = t.id
    where l.id is distinct from t.last_message_id or t.preview is distinct from case when l.revoked_at is null then l.content end`,
  'every item of a delivery has one ledger row': `
    select d.tenant_id, d.id, d.item_count from deliveries d
    left join (select day, tenant_id, delivery_id, count(*) as n, count(distinct item_index) as places, max(item_index) as last
      from inbox_events group by 1, 2, 3) e on e.day = d.day and e.tenant_id = d.tenant_id and e.delivery_id = d.id
    where coalesce(e.n, 0) <> d.item_count or coalesce(e.places, 0) <> d.item_count or e.last <> d.item_count - 1`,
  'a ledger row has its delivery': `
    select e.tenant_id, e.id from inbox_events e
    left join deliveries d on d.day = e.day and d.tenant_id = e.tenant_id and d.id = e.delivery_id where d.id is null`,
  'a message was accepted once': `
    select m.tenant_id, m.external_id, e.n from messages m
    left join (select tenant_id, message_id, count(*) as n from inbox_events where verdict = 'accepted' and kind in ('message', 'echo') group by 1, 2) e
      on e.tenant_id = m.tenant_id and e.message_id = m.id
    where e.n is distinct from 1`,
  'what was accepted is stored': `
    select e.tenant_id, e.id from inbox_events e left join messages m on m.tenant_id = e.tenant_id and m.id = e.message_id
    where e.verdict = 'accepted' and e.kind in ('message', 'echo', 'status', 'edit', 'revoke', 'reaction') and m.id is null`,
  'what waits is parked, and what is parked waits': `
    select e.tenant_id, e.id from inbox_events e full join parked_events p on p.tenant_id = e.tenant_id and p.ledger_id = e.id
    where (e.verdict = 'parked') is distinct from (p.id is not null)`,
  'a message is told once': `
    select m.tenant_id, m.id, e.n from messages m
    left join (select tenant_id, payload ->> 'messageId' as id, count(*) as n from events where type = 'ticket.message' group by 1, 2) e
      on e.tenant_id = m.tenant_id and e.id = m.id::text
    where e.n is distinct from 1`,
};

/** Rules that hold only where no tickets were merged. */
const RULES_WITHOUT_MERGES: Record<string, string> = {
  'the events of a ticket count its messages one by one': `
    select e.tenant_id, e.seq from (select tenant_id, seq, payload #>> '{message,direction}' as direction, payload -> 'timeline' as timeline,
        row_number() over (partition by tenant_id, payload ->> 'ticketId', payload #>> '{message,direction}' order by seq) as n
      from events where type = 'ticket.message' and (payload #>> '{message,type}' <> 'SYSTEM' or payload #>> '{message,metadata,kind}' = 'missed_call')) e
    where n <> coalesce(timeline ->> 'inboundCount', timeline ->> 'outboundCount')::int`,
  'the last event of a ticket shows the ticket as it is': `
    select t.tenant_id, t.id, e.ticket, t.unread, t.preview from tickets t
    join (select distinct on (tenant_id, payload ->> 'ticketId') tenant_id, payload ->> 'ticketId' as id, payload -> 'ticket' as ticket
      from events where payload -> 'ticket' is not null order by tenant_id, payload ->> 'ticketId', seq desc) e
      on e.tenant_id = t.tenant_id and e.id = t.id::text
    where (e.ticket ->> 'unread')::int <> t.unread or (e.ticket ->> 'lastMessageAt')::timestamptz <> t.last_message_at
      or e.ticket ->> 'lastMessagePreview' is distinct from t.preview or e.ticket ->> 'status' <> t.status`,
};

/** Every rule that is broken, with a few of the rows that break it; an empty list when all is well. */
export async function inconsistencies(
  pool: Pool,
  { merges = false } = {},
): Promise<{ rule: string; rows: unknown[] }[]> {
  const found: { rule: string; rows: unknown[] }[] = [];
  await pool.query('analyze messages, events, tickets, contacts, contact_aliases, inbox_events, deliveries');
  for (const [rule, query] of Object.entries({ ...RULES, ...(!merges && RULES_WITHOUT_MERGES) })) {
    const { rows } = await pool.query(`select * from (${query}) broken limit 3`);
    if (rows.length > 0) found.push({ rule, rows });
  }
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const audit = await selectLedgerAudit(pool, {
    tenantId: null,
    from: day(Date.now() - 86_400_000),
    to: day(Date.now() + 86_400_000),
  });
  const unexplained = audit.filter(
    (row) => row.received !== row.accepted + row.duplicate + row.ignored + row.rejected + row.parked,
  );
  if (unexplained.length > 0) found.push({ rule: 'the audit leaves nothing unexplained', rows: unexplained });
  return found;
}

/** How many rows each table holds. */
export async function countRows<Table extends string>(pool: Pool, tables: Table[]): Promise<Record<Table, number>> {
  const counts = {} as Record<Table, number>;
  for (const table of tables) {
    const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    counts[table] = rows[0]?.n ?? 0;
  }
  return counts;
}

/** How many ledger rows have each verdict. */
export async function verdicts(pool: Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ verdict: string; n: number }>(
    'select verdict, count(*)::int as n from inbox_events group by 1',
  );
  return Object.fromEntries(rows.map(({ verdict, n }) => [verdict, n]));
}

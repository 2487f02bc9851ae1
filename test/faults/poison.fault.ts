// Experiment 15: one item in a hundred is poison: it is parked or rejected with its reason, the rest is stored in order, a redrive works.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootService } from '../support/boot.js';
import type { Rig } from '../support/boot.js';
import { failInserts } from '../support/ingest-faults.js';
import { countRows, inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { inboundText } from '../support/samples.js';
import { noteFigures } from './support/figures.js';
import { inLanes } from './support/lanes.js';
import { dial } from './support/tier.js';

const CHATS = 100;
const BROKERS = 8;
const A_DELIVERY = 25;

let rig: Rig;
beforeAll(async () => {
  rig = await bootService();
});
afterAll(() => rig?.close());

/** The n-th event of the load: healthy, refused by the database (`poison…`), or against the contract (`broken…`). */
function eventOf(n: number) {
  const kind = n % 200 === 37 ? 'poison' : n % 200 === 137 ? 'broken' : 'm';
  const event = inboundText(`${kind}${n}`, { phone: `+55119${60_000_000 + (n % CHATS)}`, text: `text ${n}` });
  return kind === 'broken' ? { ...event, payload: { ...event.payload, message: 'no object' } } : event;
}
type Event = ReturnType<typeof eventOf>;

test('one per cent poison is parked or rejected with its reason, the rest is stored in order, and redriving stores what was parked', async (context) => {
  const count = dial({ fast: 1_000, full: 10_000 });
  const { pool } = rig.ctx.db;
  const fault = await failInserts(pool, { code: '22P05', when: `new.external_id like 'poison%'` });
  const events = Array.from({ length: count }, (_, n) => eventOf(n));
  const from = performance.now();
  const sentAgain = await postAll(events);
  const seconds = (performance.now() - from) / 1_000;
  const parked = await deadLetters();
  const ledger = await reasons();
  const misordered = await countMisordered(events);
  const before = await verdicts(pool);

  const stubborn = await redrive(parked[0]?.id ?? '');
  const attempts = (await deadLetters()).find(({ id }) => id === parked[0]?.id)?.attempts;
  await fault.remove();
  const redriven = await inLanes(parked, BROKERS, ({ id }) => redrive(id));
  const accepted = redriven.filter(({ verdict }) => verdict === 'accepted').length;
  const after = await countRows(pool, ['messages', 'parked_events']);

  const poison = events.filter(({ id }) => id.startsWith('poison')).length;
  const broken = events.filter(({ id }) => id.startsWith('broken')).length;
  noteFigures(context, {
    experiment: 15,
    what: `1 % poison, half of it refused by the database and half against the contract, from ${BROKERS} brokers in deliveries of ${A_DELIVERY}`,
    figures: {
      events: count,
      parked: parked.length,
      rejected: before['rejected'] ?? 0,
      withoutReason: parked.filter(({ error }) => !error).length,
      deliveriesSentAgain: sentAgain,
      stored: before['accepted'] ?? 0,
      misordered,
      redriven: accepted,
      eventsPerSecond: Math.round(count / seconds),
    },
  });
  expect(new Set(parked.map(({ event }) => event.id))).toEqual(
    new Set(events.map(({ id }) => id).filter((id) => id.startsWith('poison'))),
  );
  expect(before).toMatchObject({ accepted: count - poison - broken, parked: parked.length });
  // What was answered 503 and sent again is refused again, and counted again.
  expect(before['rejected']).toBeGreaterThanOrEqual(broken);
  expect(parked.length - poison).toBeLessThanOrEqual(sentAgain);
  expect(ledger).toMatchObject({ parked: ['parked_poison'], rejected: ['invalid_contract'] });
  expect(new Set(parked.map(({ reason, error }) => `${reason}: ${error}`))).toEqual(
    new Set(['parked_poison: refused by the test']),
  );
  expect(misordered).toBe(0);
  expect(stubborn).toMatchObject({ verdict: 'parked', reason: 'parked_poison' });
  expect(attempts).toBe(2);
  expect(accepted).toBe(poison);
  expect(after).toEqual({ messages: count - broken, parked_events: 0 });
  expect(await inconsistencies(pool)).toEqual([]);
});

/** Each broker owns some of the chats and posts one delivery after the other, again when it is told "not now". How often it was. */
async function postAll(events: Event[]): Promise<number> {
  let sentAgain = 0;
  const brokers = Array.from({ length: BROKERS }, (_, k) => events.filter((_event, n) => (n % CHATS) % BROKERS === k));
  await inLanes(brokers, BROKERS, async (own) => {
    for (let from = 0; from < own.length;) {
      const { status } = await rig.webhook(own.slice(from, from + A_DELIVERY));
      if (status !== 202 && status !== 503) throw new Error(`a delivery was answered ${status}`);
      if (status === 202) from += A_DELIVERY;
      else sentAgain += 1;
    }
  });
  return sentAgain;
}

/** Chats whose messages the log does not tell in the order in which they were sent. */
async function countMisordered(events: Event[]): Promise<number> {
  const { rows } = await rig.ctx.db.pool.query<{ id: string; phone: string }>(
    `select payload #>> '{message,externalId}' as id, payload #>> '{ticket,contact,phone}' as phone
     from events where type = 'ticket.message' order by seq`,
  );
  const phones = [...new Set(events.map(({ payload }) => payload.contact.phone))];
  return phones.filter((phone) => {
    const told = rows.filter((row) => row.phone === phone).map(({ id }) => id);
    const sent = events.filter(({ id, payload }) => id.startsWith('m') && payload.contact.phone === phone);
    return JSON.stringify(told) !== JSON.stringify(sent.map(({ id }) => id));
  }).length;
}

/** The reasons the ledger gives, by verdict, without the healthy ones. */
async function reasons(): Promise<Record<string, string[]>> {
  const { rows } = await rig.ctx.db.pool.query<{ verdict: string; reasons: string[] }>(
    `select verdict, array_agg(distinct reason) as reasons from inbox_events where verdict <> 'accepted' group by verdict`,
  );
  return Object.fromEntries(rows.map(({ verdict, reasons }) => [verdict, reasons]));
}

interface DeadLetter {
  id: string;
  reason: string;
  error: string | null;
  attempts: number;
  event: { id: string };
}

async function asAdmin() {
  return rig.api(await rig.token({ sub: 'admin-1', roles: ['admin'] }));
}

/** Every dead letter, page by page. */
async function deadLetters(): Promise<DeadLetter[]> {
  const admin = await asAdmin();
  const all: DeadLetter[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await admin(`/api/dead-letters?limit=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    const page = body as { data: DeadLetter[]; nextCursor: string | null };
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}

async function redrive(id: string): Promise<{ verdict?: string; reason?: string }> {
  const admin = await asAdmin();
  const { body } = await admin(`/api/dead-letters/${id}/redrive`, { method: 'POST' });
  return body as { verdict?: string; reason?: string };
}

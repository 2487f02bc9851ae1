// Experiment 6, by webhook alone: every id through every door at once, on all replicas: one row, one event, the rest counted.
import { expect, test } from 'vitest';
import { countRows, inconsistencies, verdicts } from '../support/ingest-oracle.js';
import { inboundText } from '../support/samples.js';
import { Broker } from './support/broker.js';
import { noteFigures } from './support/figures.js';
import { inLanes } from './support/lanes.js';
import { openReplicas, REPLICAS } from './support/replicas.js';
import { dial } from './support/tier.js';

type Event = ReturnType<typeof inboundText>;

/** Six ways to post one event: three doors, four body forms. */
const WAYS: [path: string, form: (event: Event) => unknown][] = [
  ['/api/webhooks/whatsapp', (event) => event],
  ['/api/webhooks/whatsapp', (event) => [event]],
  ['/api/integrations/whatsapp/webhook', (event) => event],
  ['/api/integrations/whatsapp/webhook', (event) => ({ events: [event] })],
  ['/api/webhooks/whatsapp/demo', (event) => event],
  ['/api/webhooks/whatsapp/demo/message-inbound', (event) => ({ body: event })],
];
const AT_ONCE = 32;

test('ids posted six times at once through three doors are one row and one event each, and five counted duplicates', async (context) => {
  const ids = dial({ fast: 200, full: 2_000 });
  await using replicas = await openReplicas();
  using broker = new Broker();
  const started = await replicas.startAll();
  const copies = Array.from({ length: ids }, (_, n) => {
    const event = inboundText(`same-${n}`, { phone: `+55119${60_000_000 + (n % 150)}`, text: `text ${n}` });
    return WAYS.map(([path, form]) => ({ path, body: form(event) }));
  }).flat();
  const from = performance.now();
  const answers = await inLanes(copies, AT_ONCE, ({ path, body }, n) =>
    broker.deliver(`${started[n % REPLICAS]?.url}${path}`, body),
  );
  const seconds = (performance.now() - from) / 1_000;
  const found = await replicas.stopAndLook(async (pool) => ({
    ...(await countRows(pool, ['messages', 'tickets'])),
    told: (await pool.query(`select 1 from events where type = 'ticket.message'`)).rows.length,
    verdicts: await verdicts(pool),
    inconsistencies: await inconsistencies(pool),
  }));
  const sum = (key: string) => answers.reduce((total, { body }) => total + Number(body[key] ?? 0), 0);
  noteFigures(context, {
    experiment: 6,
    what: `each id by webhook ×6 at once (three doors, four body forms), ${AT_ONCE} concurrent, ${REPLICAS} process(es)`,
    figures: {
      ids,
      rows: found.messages,
      ticketMessageEvents: found.told,
      duplicatesAnswered: sum('duplicates'),
      sentAgain: broker.sentAgain,
      duplicatesInLedger: found.verdicts['duplicate'] ?? 0,
      postsPerSecond: Math.round(copies.length / seconds),
    },
  });
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  expect(found).toMatchObject({ messages: ids, told: ids });
  expect(found.verdicts['accepted']).toBe(ids);
  expect(sum('queued') + sum('duplicates')).toBe(6 * ids);
  const surplus = (found.verdicts['duplicate'] ?? 0) - 5 * ids;
  expect(surplus).toBeGreaterThanOrEqual(0);
  expect(surplus).toBeLessThanOrEqual(broker.sentAgain);
  expect(found.inconsistencies).toEqual([]);
});

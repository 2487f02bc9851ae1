// Experiment 8: many contacts nobody has heard of, all writing at once to all replicas: one ticket each, every message kept.
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shuffled } from '../support/ingest-items.js';
import { countRows, inconsistencies } from '../support/ingest-oracle.js';
import { inboundText } from '../support/samples.js';
import { Broker } from './support/broker.js';
import { noteFigures } from './support/figures.js';
import { openReplicas, REPLICAS } from './support/replicas.js';
import { dial } from './support/tier.js';

const MESSAGES_EACH = 10;
const STORM_MS = 200;
const A_DELIVERY = 20;
/** The sender shares the machine with the service: it is held to the order of the storm's length, and only in full. */
const SENT_WITHIN_MS = dial({ fast: Infinity, full: 5 * STORM_MS });

test('new contacts with ten messages each within 200 ms get one ticket each and lose nothing', async (context) => {
  const contacts = dial({ fast: 100, full: 500 });
  await using replicas = await openReplicas();
  using broker = new Broker();
  const started = await replicas.startAll();
  const events = Array.from({ length: contacts * MESSAGES_EACH }, (_, n) => {
    const who = n % contacts;
    const event = inboundText(`m${n}`, { phone: `+55119${60_000_000 + who}`, text: `text ${n}` });
    // A contact stays with its number: half of the people write to each of two instances.
    return { ...event, instanceId: who % 2 === 0 ? 'demo' : 'instance-42' };
  });
  const mixed = shuffled(events, 8);
  const deliveries = Array.from({ length: mixed.length / A_DELIVERY }, (_, n) =>
    mixed.slice(n * A_DELIVERY, (n + 1) * A_DELIVERY),
  );
  const from = performance.now();
  let sentMs = 0;
  const answers = await Promise.all(
    deliveries.map(async (delivery, n) => {
      await wait((n / deliveries.length) * STORM_MS);
      sentMs = performance.now() - from;
      return broker.deliver(`${started[n % REPLICAS]?.url}/api/webhooks/whatsapp`, delivery);
    }),
  );
  const answeredMs = performance.now() - from;
  const found = await replicas.stopAndLook(async (pool) => ({
    counts: await countRows(pool, ['contacts', 'tickets', 'messages', 'parked_events']),
    inconsistencies: await inconsistencies(pool),
  }));
  noteFigures(context, {
    experiment: 8,
    what: `new contacts × ${MESSAGES_EACH} messages, mixed in deliveries of ${A_DELIVERY}, over ${REPLICAS} process(es)`,
    figures: {
      newContacts: contacts,
      ...found.counts,
      sentWithinMs: Math.round(sentMs),
      answeredWithinMs: Math.round(answeredMs),
    },
  });
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  expect(found.counts).toEqual({ contacts, tickets: contacts, messages: contacts * MESSAGES_EACH, parked_events: 0 });
  expect(found.inconsistencies).toEqual([]);
  expect(sentMs).toBeLessThan(SENT_WITHIN_MS);
});

import { BROKERS } from '@recado/brokers';
import { describe, expect, test } from 'vitest';
import { readDials, type Dials } from '../dials.js';
import type { Fact } from '../facts.js';
import { traffic, type Delivery } from './traffic.js';

const STARTS_AT = '2026-03-01T12:00:00.000Z';

function make(dials: Partial<Dials> = {}): Delivery[] {
  return [...traffic(readDials({ events: 600, startsAt: STARTS_AT, ...dials }, new Date()))];
}

function factsOf(deliveries: Delivery[]): Fact[] {
  return deliveries.flatMap(({ facts }) => facts);
}

const BUSY = { events: 1_500, poison: 0.05, history: 0.03 };
const deliveries = make(BUSY);

describe('the same seed and dials', () => {
  test('give the same traffic byte for byte', () => {
    expect(make(BUSY)).toEqual(deliveries);
  });
  test('tell the same at another time: only times and the names of tenants are others', () => {
    const later = make({ ...BUSY, startsAt: '2026-04-02T09:30:00.000Z' });
    const timeless = (made: Delivery[]) =>
      made.map(({ tenantId, instanceId, path, body, facts, ...rest }) => ({
        ...rest,
        tenant: tenantId.split('-').at(-1),
        path: path.replace(instanceId, ''),
        body: body.replaceAll(instanceId, '').replaceAll(/-?\d+/g, '#'),
        facts: facts.map((fact) => ({ ...fact, at: 0 })),
      }));
    expect(later[0]?.tenantId).not.toBe(deliveries[0]?.tenantId);
    expect(timeless(later)).toEqual(timeless(deliveries));
  });
  test('another seed gives other traffic, and not one id of the first', () => {
    const ids = new Set(factsOf(deliveries).map((fact) => ('id' in fact ? fact.id : '')));
    const others = factsOf(make({ seed: 'another' })).flatMap((fact) => ('id' in fact ? [fact.id] : []));
    expect(others.length).toBeGreaterThan(300);
    expect(others.filter((id) => ids.has(id))).toEqual([]);
  });
  test('so does any other dial: two runs never meet in one tenant', () => {
    expect(make({ chats: 299 })[0]?.tenantId).not.toBe(make()[0]?.tenantId);
  });
});

describe('what the service reads', () => {
  const read = deliveries.map(({ body, path, instanceId }) => {
    const [, , , , , event] = path.startsWith('/api/webhooks/whatsapp/') ? path.split('/') : [];
    const hints = { instanceId, ...(event !== undefined && { event }) };
    return [...BROKERS.canonical.parse(JSON.parse(body), hints)];
  });

  test('is one item for each fact, of the same kind and of the same message', () => {
    const told = read.map((items) =>
      items.map((item) => {
        if (!('event' in item)) return item.verdict === 'rejected' ? { kind: 'poison' } : item;
        const { event } = item;
        if (event.kind === 'message') return { kind: event.kind, id: event.externalId };
        return { kind: event.kind, id: 'targetId' in event ? event.targetId : null };
      }),
    );
    const meant = deliveries.map(({ facts }) =>
      facts.map((fact) => ('id' in fact ? { kind: fact.kind, id: fact.id } : { kind: fact.kind })),
    );
    expect(told).toEqual(meant);
  });
  test('has the state that was meant', () => {
    const told = read
      .flat()
      .flatMap((item) => ('event' in item && item.event.kind === 'status' ? [item.event.status] : []));
    const meant = factsOf(deliveries).flatMap((fact) => (fact.kind === 'status' ? [fact.status] : []));
    expect(told).toEqual(meant);
    expect(new Set(meant)).toContain('FAILED');
  });
});

describe('the traffic', () => {
  test('brings every kind of item, and every kind of message', () => {
    expect(new Set(factsOf(deliveries).map(({ kind }) => kind))).toEqual(
      new Set(['message', 'status', 'edit', 'revoke', 'reaction', 'poison']),
    );
    const text = make({ events: 1_500 })
      .map(({ body }) => body)
      .join('\n');
    for (const kind of [
      'conversation',
      'extendedText',
      'image',
      'video',
      'ptv',
      'audio',
      'document',
      'sticker',
      'location',
      'contact',
      'ephemeral',
    ]) {
      expect(text, kind).toMatch(new RegExp(`"${kind}(Message)?":`));
    }
  });
  test('writes protobufs in four vintages', () => {
    const text = deliveries.map(({ body }) => body).join('\n');
    for (const bytes of [
      /"mediaKey":"/,
      /"mediaKey":\{"type":"Buffer","data":\[/,
      /"mediaKey":\{"0":/,
      /"mediaKey":\{"type":"Buffer","data":"/,
    ]) {
      expect(text).toMatch(bytes);
    }
  });
  test('repeats about the share that the dial says, and nothing at 0', () => {
    const share = (dials: Partial<Dials>) => {
      const names = factsOf(make({ events: 3_000, poison: 0, ...dials })).map((fact) => JSON.stringify(fact));
      return 1 - new Set(names).size / names.length;
    };
    expect(share({ duplicates: 0 })).toBe(0);
    expect(share({ duplicates: 0.3 })).toBeGreaterThan(0.2);
    expect(share({ duplicates: 0.3 })).toBeLessThan(0.5);
  });
  test('tells changes before their message when it is held back, and never otherwise', () => {
    expect(early(make({ reorder: 0.3 }))).toBeGreaterThan(5);
    expect(early(make({ reorder: 0 }))).toBe(0);
  });
  test('holds as many messages in a delivery of messages as the dial says, on average', () => {
    const mean = (batch: number) => {
      const made = make({ events: 2_000, duplicates: 0, poison: 0, batch });
      const ofMessages = made.filter(({ facts }) => facts[0]?.kind === 'message');
      return factsOf(ofMessages).length / ofMessages.length;
    };
    expect(mean(1)).toBe(1);
    expect(mean(5)).toBeGreaterThan(4);
    expect(mean(5)).toBeLessThan(6);
  });
  test('calls nobody the same in two tenants, and nobody two names in one', () => {
    const owners = new Map<string, string>();
    for (const { tenantId, facts } of deliveries) {
      for (const fact of facts) {
        if (fact.kind !== 'message' || fact.name === null) continue;
        const owner = owners.get(fact.name) ?? `${tenantId} ${fact.chat}`;
        owners.set(fact.name, owner);
        expect(owner).toBe(`${tenantId} ${fact.chat}`);
      }
    }
    expect(owners.size).toBeGreaterThan(200);
  });
  test('writes to every tenant, and mixes no tenants in a delivery', () => {
    const tenants = new Set(deliveries.map(({ tenantId }) => tenantId));
    expect(tenants.size).toBe(3);
    for (const { tenantId, body } of deliveries) {
      for (const other of tenants) if (other !== tenantId) expect(body).not.toContain(other);
    }
  });
});

/** Changes told before their message. */
function early(made: Delivery[]): number {
  const seen = new Set<string>();
  let count = 0;
  for (const fact of factsOf(made)) {
    if (fact.kind === 'message') seen.add(fact.id);
    else if ('id' in fact && !seen.has(fact.id)) count += 1;
  }
  return count;
}

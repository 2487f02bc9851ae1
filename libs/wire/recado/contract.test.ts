// Golden transcripts of the Recado contract, clause by clause (SPEC.md).
import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { Effect, LogEntry, Session } from '../contract.js';
import { playTranscript } from '../transcript.js';
import { MAX_TOPICS, recado, ticketTopic } from './contract.js';

const identity = { tenantId: 'demo', sub: 'agent-1', roles: ['agent'], name: 'Ana' };
const ticketId = '018f3d0e-0000-7000-8000-00000000000a';
const foreign = '018f3d0e-0000-7000-8000-00000000000b';
const open = { open: { epoch: 'e1', seq: 7, replayed: 2 } };
const opened = ['+tenant:demo', '< ready {"epoch":"e1","seq":7,"replayed":2}'];

function entry(tenantId: string, seq: number): LogEntry {
  const payload = `{"eventId":"x","epoch":"e1","seq":${seq},"unit":  1.0}`;
  return { tenantId, epoch: 'e1', seq, eventId: 'x', type: 'ticket.message', payload, contactId: null };
}

function play(name: string, argument: unknown, tickets = [ticketId]): string[] {
  return playTranscript(recado, { identity, tickets }, [open, { receive: { name, args: [argument] } }]).slice(
    opened.length,
  );
}

describe('opening', () => {
  test('the first frame is ready with epoch, seq and the number of replayed events', () => {
    expect(playTranscript(recado, { identity }, [open])).toEqual(opened);
  });

  test('a session is in its tenant from the start: an event comes without any join, its payload unchanged', () => {
    const lines = playTranscript(recado, { identity }, [
      open,
      { entry: entry('demo', 8) },
      { entry: entry('other', 9) },
    ]);
    expect(lines.slice(2)).toEqual(['< ticket.message {"eventId":"x","epoch":"e1","seq":8,"unit":  1.0}']);
  });

  test('a cursor that cannot be continued is answered with resync_required', () => {
    const lines = playTranscript(recado, { identity }, [open, { resync: { epoch: 'e2', seq: 3 } }]);
    expect(lines.slice(2)).toEqual(['< resync_required {"epoch":"e2","seq":3}']);
  });

  test('silence means nothing', () => {
    expect(recado.idleAfterMs).toBeNull();
    expect(playTranscript(recado, { identity }, [{ idle: true }])).toEqual([]);
  });
});

describe('joins', () => {
  test.each(['demo', { tenantId: 'demo' }])('join-tenant %j of the own tenant is acknowledged', (argument) => {
    expect(play('join-tenant', argument)).toEqual(['ack ok']);
  });

  test.each(['other', { tenantId: 'other' }])('join-tenant %j of a foreign tenant is refused', (argument) => {
    expect(play('join-tenant', argument)).toEqual(['ack FORBIDDEN']);
  });

  test.each([undefined, null, 7, '', {}, { tenantId: 1 }, ['demo']])('join-tenant %j is invalid', (argument) => {
    expect(play('join-tenant', argument)).toEqual(['ack VALIDATION_FAILED']);
  });

  test.each(['agent-1', { userId: 'agent-1' }])('join-user %j of oneself joins', (argument) => {
    expect(play('join-user', argument)).toEqual(['+user:agent-1', 'ack ok']);
  });

  test('join-user of somebody else is refused', () => {
    expect(play('join-user', 'agent-2')).toEqual(['ack FORBIDDEN']);
  });

  test.each([ticketId, { ticketId }, ticketId.toUpperCase()])('join-ticket %j of the own tenant joins', (argument) => {
    expect(play('join-ticket', argument)).toEqual([`+ticket:${ticketId}`, 'ack ok']);
  });

  test.each([foreign, 'nonsense', null, { ticketId: 'x' }])(
    'join-ticket %j that is foreign, unknown or malformed is not found',
    (argument) => {
      expect(play('join-ticket', argument)).toEqual(['ack NOT_FOUND']);
    },
  );

  test('join-ticket while the look-up fails is refused as unavailable', () => {
    const steps = [{ receive: { name: 'join-ticket', args: [ticketId] } }];
    expect(playTranscript(recado, { identity, lookups: 'down' }, steps)).toEqual(['ack UNAVAILABLE']);
  });

  test('leave-ticket leaves, and leaving twice is no error', () => {
    const leave = { receive: { name: 'leave-ticket', args: [{ ticketId }] } };
    const steps = [open, { receive: { name: 'join-ticket', args: [ticketId] } }, leave, leave];
    expect(playTranscript(recado, { identity, tickets: [ticketId] }, steps).slice(4)).toEqual([
      `-ticket:${ticketId}`,
      'ack ok',
      'ack ok',
    ]);
  });

  test('the number of rooms is bounded', () => {
    const topics = new Set(Array.from({ length: MAX_TOPICS }, (_, index) => ticketTopic(String(index))));
    const session: Session = { identity, topics, params: {} };
    expect(recado.receive(session, { name: 'join-ticket', args: [ticketId] })).toMatchObject([{ kind: 'refuse' }]);
  });
});

describe('typing', () => {
  const said = { ticketId, isTyping: true, userId: 'somebody else' };
  const relayed = `ticket:${ticketId} < ticket:typing {"ticketId":"${ticketId}","isTyping":true,"userId":"agent-1","userName":"Ana"}`;

  test('ticket:typing is relayed to the others of the ticket, who types told by the token', () => {
    expect(play('ticket:typing', said)).toEqual([relayed, 'ack ok']);
  });

  test('ticket:typing takes no place in the log: a cursor it brings is left out', () => {
    expect(play('ticket:typing', { ...said, seq: 999, epoch: 'forged' })).toEqual([relayed, 'ack ok']);
  });

  test('ticket:typing of a foreign ticket goes nowhere', () => {
    expect(play('ticket:typing', { ...said, ticketId: foreign })).toEqual(['ack NOT_FOUND']);
  });

  test('ticket:typing in a joined room needs no look-up', () => {
    const session: Session = { identity, topics: new Set([ticketTopic(ticketId)]), params: {} };
    expect(recado.receive(session, { name: 'ticket:typing', args: [said] }).map((effect) => effect.kind)).toEqual([
      'relay',
      'accept',
    ]);
  });

  test('ticket:typing nested too deeply to be written again is refused', () => {
    const nested: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
    expect(play('ticket:typing', { ticketId, nested })).toEqual(['ack VALIDATION_FAILED']);
  });

  test('ticket:typing beyond the size limit is refused', () => {
    expect(play('ticket:typing', { ticketId, draft: 'x'.repeat(3000) })).toEqual(['ack VALIDATION_FAILED']);
  });
});

describe('anything else', () => {
  test.each(['unknown', 'toString', '__proto__', 'ready', 'ticket.message'])(
    '%s is ignored; with an ack it is NOT_FOUND',
    (name) => {
      expect(play(name, {})).toEqual(['ack NOT_FOUND']);
    },
  );

  test('raw text is ignored', () => {
    expect(playTranscript(recado, { identity }, [{ receive: { text: 'ping' } }])).toEqual(['ack NOT_FOUND']);
  });

  test('no input makes it throw or join a topic that is not the session’s own', () => {
    const session: Session = { identity, topics: new Set(), params: {} };
    const names = fc.oneof(
      fc.constantFrom('join-tenant', 'join-user', 'join-ticket', 'leave-ticket', 'ticket:typing'),
      fc.string(),
    );
    fc.assert(
      fc.property(names, fc.array(fc.anything()), (name, args) => {
        const joined = recado.receive(session, { name, args }).filter((effect: Effect) => effect.kind === 'join');
        expect(joined.every((effect) => ['tenant:demo', 'user:agent-1'].includes(effect.topic))).toBe(true);
      }),
    );
  });
});

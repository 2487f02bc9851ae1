// Acks, failures, edits and revokes by `messages.update`; receipts and reactions by their own events.
import { describe, expect, test } from 'vitest';
import type { Outer } from './outer.js';
import { readReactionEvent, readReceipt } from './receipt.js';
import { readUpdate } from './update.js';

const OUTER: Outer = {
  broker: 'baileys',
  cursor: null,
  origin: 'live',
  timesBefore: [],
  timesAfter: [1749300000],
  contact: null,
  aliases: [],
  direction: null,
  externalId: null,
};
const PN = '5511977770001@s.whatsapp.net';
const KEY = { remoteJid: '5511977770001:12@s.whatsapp.net', fromMe: true, id: 'SENT1' };

describe('statuses as number, numeric text or name', () => {
  test.each([
    [1, 'PENDING'],
    ['2', 'SENT'],
    ['SERVER_ACK', 'SENT'],
    [3, 'DELIVERED'],
    ['DELIVERY_ACK', 'DELIVERED'],
    ['read', 'READ'],
    ['read-self', 'READ'],
    ['sender', 'SENT'],
    ['ERROR', 'FAILED'],
    [4, 'READ'],
    [5, 'PLAYED'],
  ])('%s is %s', (status, expected) => {
    expect(readUpdate({ key: KEY, update: { status, messageTimestamp: 1749300060 } }, OUTER)).toEqual({
      event: {
        kind: 'status',
        at: '2025-06-07T12:41:00.000Z',
        broker: 'baileys',
        cursor: null,
        targetId: 'SENT1',
        chat: {
          kind: 'person',
          jid: PN,
          aliases: [
            { kind: 'phone', value: '+5511977770001' },
            { kind: 'jid', value: PN },
          ],
        },
        targetDirection: 'OUTBOUND',
        status: expected,
        failure: null,
      },
    });
  });
  test('a failure tells its reason', () => {
    expect(readUpdate({ key: KEY, update: { status: 0, messageStubParameters: ['463'] } }, OUTER)).toMatchObject({
      event: { status: 'FAILED', failure: '463', at: '2025-06-07T12:40:00.000Z' },
    });
  });
  test('read-self: a READ on an inbound message', () => {
    expect(readUpdate({ key: { ...KEY, fromMe: false }, update: { status: 4 } }, OUTER)).toMatchObject({
      event: { status: 'READ', targetDirection: 'INBOUND' },
    });
  });
  test('a flat ack, even without its chat', () => {
    expect(readUpdate({ id: 'SENT1', status: 'READ' }, OUTER)).toMatchObject({
      event: { targetId: 'SENT1', targetDirection: null, chat: { kind: 'person', jid: null, aliases: [] } },
    });
  });
  test.each([{ starred: true }, { messageStubParameters: ['x', 'request'] }, { status: null }, { status: 'ODD' }, {}])(
    '%j has no status',
    (update) => {
      expect(readUpdate({ key: KEY, update }, OUTER)).toMatchObject({ verdict: 'ignored', reason: 'no_status' });
    },
  );
  test('an update that names no message is rejected', () => {
    expect(readUpdate({ update: { status: 4 } }, OUTER)).toMatchObject({ verdict: 'rejected', reason: 'missing_id' });
  });
  test('a story seen is no status of ours', () => {
    const key = { ...KEY, remoteJid: 'status@broadcast' };
    expect(readUpdate({ key, update: { status: 4 } }, OUTER)).toMatchObject({ reason: 'status_broadcast' });
  });
});

function edit(messageTimestamp: number, text = 'novo') {
  const message = { editedMessage: { message: { conversation: text } } };
  return readUpdate({ key: KEY, update: { message, messageTimestamp } }, OUTER);
}

describe('changes by update', () => {
  test('two edits of one message are two actions', () => {
    expect(edit(1749300060)).toMatchObject({
      event: {
        kind: 'edit',
        targetId: 'SENT1',
        actionId: expect.stringContaining('SENT1:2025-06-07T12:41:00.000Z'),
        content: 'novo',
      },
    });
    expect(edit(1749300061)).toMatchObject({ event: { actionId: expect.stringContaining('12:41:01.000Z') } });
  });
  test('two edits within one second are two actions too, and one told twice is one', () => {
    const [one, again, other] = [edit(1749300060, 'a'), edit(1749300060, 'a'), edit(1749300060, 'b')];
    expect(one).toEqual(again);
    expect(other).not.toMatchObject({ event: { actionId: (one as { event: { actionId: string } }).event.actionId } });
  });
  test('votes that the gateway could read say so', () => {
    const update = { pollUpdates: [{ pollUpdateMessageKey: KEY, vote: { selectedOptions: [] } }] };
    expect(readUpdate({ key: KEY, update }, OUTER)).toMatchObject({ verdict: 'ignored', reason: 'poll_vote' });
  });
  test('a revoke is known by the key of who took it back', () => {
    const update = { message: null, messageStubType: 1, key: { id: 'REVOKER' } };
    expect(readUpdate({ key: KEY, update }, OUTER)).toMatchObject({
      event: { kind: 'revoke', targetId: 'SENT1', actionId: 'REVOKER', targetDirection: 'OUTBOUND' },
    });
  });
  test('a message that could be read at last', () => {
    const update = { message: { conversation: 'oi' }, messageTimestamp: 1749300060 };
    expect(readUpdate({ key: { ...KEY, fromMe: false }, update }, OUTER)).toMatchObject({
      event: { kind: 'message', externalId: 'SENT1', content: 'oi' },
    });
  });
});

describe('receipts', () => {
  test.each([
    [{ receiptTimestamp: 1749300060 }, 'DELIVERED'],
    [{ receiptTimestamp: 1, readTimestamp: 1749300060 }, 'READ'],
    [{ playedTimestamp: '1749300060' }, 'PLAYED'],
    [{ receiptTimestamp: 1749300060, readTimestamp: 0, playedTimestamp: '0' }, 'DELIVERED'],
    [{ receiptTimestamp: 1749300060, readTimestamp: { low: 0, high: 0, unsigned: true } }, 'DELIVERED'],
  ])('%j is %s', (receipt, status) => {
    expect(readReceipt({ key: KEY, receipt }, OUTER)).toMatchObject({
      event: { status, at: '2025-06-07T12:41:00.000Z' },
    });
  });
  test('one reader of a group is not all of them', () => {
    const key = { ...KEY, remoteJid: '120363000000000001@g.us' };
    const receipt = { userJid: PN, readTimestamp: 1749300060 };
    expect(readReceipt({ key, receipt }, OUTER)).toMatchObject({ event: { status: 'DELIVERED' } });
  });
});

test('a reaction event points at its target and names who made it', () => {
  const reaction = { key: { remoteJid: PN, fromMe: false, id: 'REACTION' }, text: '👍' };
  expect(readReactionEvent({ key: KEY, reaction }, OUTER)).toMatchObject({
    event: { kind: 'reaction', targetId: 'SENT1', author: '+5511977770001', emoji: '👍' },
  });
});

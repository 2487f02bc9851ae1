// What a merge decides about tickets, without a database.
import { describe, expect, test } from 'vitest';
import { NO_TICKET } from '../db/sql/ingest-tickets.js';
import type { TicketRow } from '../db/sql/rows.js';
import { olderFirst, planMerge } from './merge-plan.js';

const OLD = new Date('2024-05-01T10:00:00.000Z');
const NEW = new Date('2024-05-02T10:00:00.000Z');
const NOW = new Date('2024-05-03T10:00:00.000Z');

function ticketOf(contactId: string, row: Partial<TicketRow>): TicketRow {
  return {
    ...NO_TICKET,
    tenantId: 't1',
    id: 'ticket',
    instanceId: 'i1',
    chat: contactId,
    contactId,
    createdAt: OLD,
    updatedAt: OLD,
    ...row,
  };
}

const plan = (...tickets: TicketRow[]) => planMerge({ winnerId: 'w', loserId: 'l', tickets, at: NOW });

describe('planMerge', () => {
  test('the older of two open tickets is kept, whoever it belonged to', () => {
    const { pairs, fates } = plan(ticketOf('w', { id: 'W', createdAt: NEW }), ticketOf('l', { id: 'L' }));
    expect(pairs.map(({ kept, closed }) => [kept.id, closed.id])).toEqual([['L', 'W']]);
    expect(fates).toMatchObject([
      { id: 'L', status: 'OPEN', chat: 'w', contactId: 'w', mergedInto: null },
      { id: 'W', status: 'CLOSED', chat: 'w', contactId: 'w', mergedInto: 'L', closedAt: NOW },
    ]);
  });

  test('open tickets of two instances stay two', () => {
    const { pairs, fates } = plan(ticketOf('w', { id: 'W' }), ticketOf('l', { id: 'L', instanceId: 'i2' }));
    expect(pairs).toEqual([]);
    expect(fates).toMatchObject([{ id: 'L', status: 'OPEN', chat: 'w' }]);
  });

  test('resolved and closed tickets only change hands', () => {
    const resolved = ticketOf('l', { id: 'L', status: 'RESOLVED', resolvedAt: OLD });
    const { pairs, fates } = plan(ticketOf('w', { id: 'W' }), resolved);
    expect(pairs).toEqual([]);
    expect(fates).toMatchObject([{ id: 'L', status: 'RESOLVED', resolvedAt: OLD, chat: 'w', contactId: 'w' }]);
  });

  test('the kept ticket takes the agent and the queue it lacks, and keeps those it has', () => {
    const assigned = ticketOf('l', { id: 'L', createdAt: NEW, status: 'ASSIGNED', assigneeId: 'ana', queueId: 'q' });
    expect(plan(ticketOf('w', { id: 'W' }), assigned).fates.find((fate) => fate.id === 'W')).toMatchObject({
      status: 'ASSIGNED',
      assigneeId: 'ana',
      queueId: 'q',
    });
    const taken = ticketOf('w', { id: 'W', status: 'ASSIGNED', assigneeId: 'bia', queueId: 'r' });
    expect(plan(taken, assigned).fates.find((fate) => fate.id === 'W')).toMatchObject({
      assigneeId: 'bia',
      queueId: 'r',
    });
  });
});

describe('olderFirst', () => {
  test('goes by the time, then by the id', () => {
    expect(olderFirst({ id: 'a', createdAt: NEW }, { id: 'b', createdAt: OLD })[0].id).toBe('b');
    expect(olderFirst({ id: 'b', createdAt: OLD }, { id: 'a', createdAt: OLD })[0].id).toBe('a');
  });
});

import { describe, expect, test } from 'vitest';
import { hear, hearConnection, hearResync, nothingHeard } from './heard.js';

function screen() {
  return nothingHeard('t1', 'e1:10');
}

function event(seq: number, of: { epoch?: string; tenantId?: string } = {}) {
  return { epoch: 'e1', tenantId: 't1', seq, ...of };
}

describe('a screen', () => {
  test('goes on where its cursor was, without a gap', () => {
    const heard = screen();
    for (const seq of [11, 12, 13]) hear(heard, 'ticket.updated', event(seq));
    expect(heard).toMatchObject({ seq: 13, events: 3, gaps: [], replayed: 0 });
  });
  test('misses what was skipped, from its very cursor on', () => {
    const heard = screen();
    for (const seq of [12, 15]) hear(heard, 'ticket.updated', event(seq));
    expect(heard.gaps).toEqual([
      { from: 11, to: 11 },
      { from: 13, to: 14 },
    ]);
  });
  test('counts what is told again after a reconnect, and calls it neither a gap nor news', () => {
    const heard = screen();
    for (const seq of [11, 12]) hear(heard, 'ticket.updated', event(seq));
    hearConnection(heard);
    for (const seq of [11, 12, 13]) hear(heard, 'ticket.updated', event(seq));
    expect(heard).toMatchObject({ events: 3, replayed: 2, gaps: [], doubled: [], altered: [] });
  });
  test('notes what is told twice on one connection', () => {
    const heard = screen();
    hearConnection(heard);
    for (const seq of [11, 12, 11]) hear(heard, 'ticket.updated', event(seq));
    expect(heard).toMatchObject({ events: 2, doubled: [11], altered: [] });
  });
  test('notes what is told again with another content, on whatever connection', () => {
    const heard = screen();
    hear(heard, 'ticket.updated', event(11));
    hearConnection(heard);
    hear(heard, 'ticket.updated', { ...event(11), ticket: { status: 'CLOSED' } });
    expect(heard).toMatchObject({ doubled: [], altered: [11] });
  });
  test('does not hold the numbers of one epoch against another', () => {
    const heard = screen();
    hear(heard, 'ticket.updated', event(11));
    hearResync(heard, { epoch: 'e2', seq: 10 });
    hear(heard, 'ticket.updated', event(11, { epoch: 'e2' }));
    expect(heard).toMatchObject({ doubled: [], altered: [] });
  });
  test('that is told to load again begins a new continuity there', () => {
    const heard = screen();
    hearResync(heard, { epoch: 'e2', seq: 400 });
    hear(heard, 'ticket.updated', event(401, { epoch: 'e2' }));
    expect(heard).toMatchObject({ resyncs: 1, gaps: [], epoch: 'e2', seq: 401 });
  });
  test('misses everything when the epoch changes without a word', () => {
    const heard = screen();
    hear(heard, 'ticket.updated', event(1, { epoch: 'e2' }));
    expect(heard.gaps).toHaveLength(1);
  });
  test('keeps what belongs to another tenant as foreign', () => {
    const heard = screen();
    hear(heard, 'ticket.updated', event(11, { tenantId: 't2' }));
    expect(heard).toMatchObject({ foreign: [{ tenantId: 't2', seq: 11 }], events: 0, seq: 10 });
  });
  test('notes frames that cannot be read', () => {
    const heard = screen();
    hear(heard, 'ticket.updated', { seq: 'eleven' });
    hear(heard, 'ticket.message', event(11));
    expect(heard.malformed).toEqual(['ticket.updated', 'ticket.message']);
  });
});

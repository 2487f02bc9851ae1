// A session against a transport in memory: which code it closes with, and that it ends once.
import { recado, type WireContract } from '@recado/wire';
import { describe, expect, test, vi } from 'vitest';
import type { Burst } from './burst.js';
import { DEFAULT_LIMITS } from './limits.js';
import { Rooms } from './rooms.js';
import { Session, type SessionHouse } from './session.js';

async function seat({
  contract = recado,
  unsent = (): number => 0,
  tenantHasLog = true,
  exp = 4_000_000_000,
  limits = DEFAULT_LIMITS,
  pool = {},
} = {}) {
  const written: string[] = [];
  const close = vi.fn();
  const onEnded = vi.fn();
  const unfollow = vi.fn();
  const following = { position: () => ({ epoch: 'e1', seq: 7 }), unfollow };
  const log = { info: vi.fn(), warn: vi.fn() };
  const house = {
    hub: { follow: () => Promise.resolve(tenantHasLog ? following : null) },
    rooms: new Rooms(),
    relay: vi.fn(),
    pool,
    limits,
    log,
  } as unknown as SessionHouse;
  const session = new Session(house, {
    contract,
    principal: { tenantId: 'demo', sub: 'a', roles: ['agent'], name: null, jti: null, exp },
    params: {},
    since: undefined,
    transport: {
      write: (burst: Burst) => void written.push(...burst.frames.map((frame) => JSON.stringify(frame))),
      unsent,
      close,
    },
    onEnded,
  });
  await session.start();
  return { session, written, close, onEnded, unfollow, log };
}

function release(seq: number) {
  const entry = { tenantId: 'demo', epoch: 'e1', seq, eventId: 'x', type: 'ticket.message', payload: '{}' } as const;
  return [{ entry: { ...entry, contactId: null }, committedAt: null }];
}

describe('a session', () => {
  test('says ready with the position it is live from, then what the hub delivers, each event once', async () => {
    const { session, written } = await seat();
    session.deliver(release(8));
    session.deliver(release(8));
    expect(written).toEqual([
      JSON.stringify({ event: 'ready', json: '{"epoch":"e1","seq":7,"replayed":0}' }),
      JSON.stringify({ event: 'ticket.message', json: '{}' }),
    ]);
  });

  test('of a reader far beyond its budget closes with 4410', async () => {
    const { session, close } = await seat({ unsent: () => 5 * DEFAULT_LIMITS.budgetBytes });
    session.deliver(release(8));
    expect(close).toHaveBeenCalledExactlyOnceWith(4410, DEFAULT_LIMITS.closeGraceMs);
  });

  test('of a tenant without a log closes with 4403', async () => {
    const { close } = await seat({ tenantHasLog: false });
    expect(close).toHaveBeenCalledExactlyOnceWith(4403, DEFAULT_LIMITS.closeGraceMs);
  });

  test('whose contract fails closes with 1011 and harms nobody else', async () => {
    const broken: WireContract = {
      ...recado,
      name: 'broken',
      receive() {
        throw new Error('broken');
      },
    };
    const { session, close, log } = await seat({ contract: broken });
    expect(() => session.receive({ name: 'x', args: [] }, () => {})).not.toThrow();
    expect(close).toHaveBeenCalledExactlyOnceWith(1011, DEFAULT_LIMITS.closeGraceMs);
    expect(log.warn).toHaveBeenCalledOnce();
  });

  test('that sends more than may wait behind a look-up closes with 4429', async () => {
    const pool = { query: () => new Promise(() => {}) };
    const { session, close } = await seat({ pool, limits: { ...DEFAULT_LIMITS, framesWaiting: 3 } });
    const join = { name: 'join-ticket', args: ['00000000-0000-4000-8000-000000000000'] };
    for (let n = 0; n < 4; n++) session.receive(join, () => {});
    expect(close).not.toHaveBeenCalled();
    session.receive(join, () => {});
    expect(close).toHaveBeenCalledExactlyOnceWith(4429, DEFAULT_LIMITS.closeGraceMs);
  });

  test('that asks on and on without reading the answers closes with 4410', async () => {
    let waiting = 0;
    const { session, close } = await seat({ unsent: () => waiting });
    waiting = DEFAULT_LIMITS.budgetBytes * 4 + 1;
    session.receive({ name: 'join-tenant', args: ['demo'] }, () => {});
    expect(close).toHaveBeenCalledExactlyOnceWith(4410, DEFAULT_LIMITS.closeGraceMs);
  });

  test('ends once, lets go of its tenant, and does nothing afterwards', async () => {
    const { session, written, close, onEnded, unfollow } = await seat();
    session.close(1001);
    session.close(4401);
    session.end();
    session.deliver(release(8));
    session.receive({ name: 'join-tenant', args: ['demo'] }, () => expect.unreachable());
    expect(close).toHaveBeenCalledOnce();
    expect(onEnded).toHaveBeenCalledOnce();
    expect(unfollow).toHaveBeenCalledOnce();
    expect(written).toHaveLength(1);
  });

  test('is asked again and again while its client is silent, if its contract wants that', async () => {
    vi.useFakeTimers();
    const idle: WireContract = {
      ...recado,
      name: 'idle',
      idleAfterMs: 60_000,
      idle: () => [{ kind: 'send', frame: { text: 'server_keepalive_ping' } }],
    };
    const { session, written } = await seat({ contract: idle });
    vi.advanceTimersByTime(59_000);
    session.receive({ text: 'ping' }, () => {});
    vi.advanceTimersByTime(59_000);
    expect(written).toHaveLength(1);
    vi.advanceTimersByTime(61_000);
    expect(written.slice(1)).toEqual(Array(2).fill('{"text":"server_keepalive_ping"}'));
    session.end();
    vi.useRealTimers();
  });
});

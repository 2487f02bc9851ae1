// Replaying to one session: page by page, as its own socket drains, until it has caught up with the hub.
import type { WireContract } from '@recado/wire';
import type { Queryable } from '../db/database.js';
import { readPage } from '../events/tail.js';
import type { Burst } from './burst.js';
import { Projection } from './projection.js';

/** Events of one page. */
const PAGE = 100;

/** The session that catches up. `sent` resolves when the burst has left the process or the session has ended. */
export interface CatchingUp {
  tenantId: string;
  contract: WireContract;
  topics: ReadonlySet<string>;
  epoch: string;
  /** Everything up to here was sent. */
  cursor: number;
  /** False once the session has ended or its log was restarted. */
  goesOn(): boolean;
  /** The hub's cursor now. */
  livePosition(): { epoch: string; seq: number };
  /** Takes over from the cursor on; called in the tick in which it has reached the hub's. */
  goLive(): void;
  sent(burst: Burst): Promise<void>;
}

/**
 * Ends with `goLive`, when the session does not go on, or with 'resync' when the log cannot be continued from its
 * cursor. Throws when the log cannot be read.
 */
export async function replay(db: Queryable, session: CatchingUp): Promise<'done' | 'resync'> {
  while (session.goesOn()) {
    const live = session.livePosition();
    if (live.epoch !== session.epoch) return 'resync';
    if (session.cursor >= live.seq) {
      session.goLive();
      return 'done';
    }
    const entries = await readPage(db, session.tenantId, session.cursor, PAGE);
    if (!session.goesOn()) return 'done';
    if (entries[0]?.seq !== session.cursor + 1 || entries[0].epoch !== session.epoch) return 'resync';
    const releases = entries.map((entry) => ({ entry, committedAt: null }));
    const projection = new Projection(session.contract, releases);
    const burst = projection.burstFor(session.topics, session.cursor);
    session.cursor = projection.lastSeq;
    await session.sent(burst);
  }
  return 'done';
}

// One socket's session: opens, replays, is live, carries out its contract's effects, and ends exactly once.
import type { Effect, Inbound, Session as WireSession, WireContract } from '@recado/wire';
import type { Principal } from '../auth/tokens.js';
import type { Queryable } from '../db/database.js';
import { readPositions } from '../events/tail.js';
import type { Burst } from './burst.js';
import { ByteBudget } from './byte-budget.js';
import type { CloseCode } from './close-codes.js';
import type { Release } from './cursor.js';
import { atTime } from './deadline.js';
import { performEffects } from './effects.js';
import type { TakeFrame } from './frame-rate.js';
import { createFrameRate } from './frame-rate.js';
import type { Follower, Following, RealtimeHub } from './hub.js';
import type { RealtimeLimits } from './limits.js';
import type { RealtimeLog } from './ports.js';
import { projectOnce } from './projection.js';
import type { Relay, RelayMember } from './relay.js';
import { replay } from './replay.js';
import type { Rooms } from './rooms.js';
import { resumeAfter } from './since.js';
import type { Reply, Transport } from './transport.js';

/** What all sessions of a process share. */
export interface SessionHouse {
  hub: RealtimeHub;
  pool: Queryable;
  rooms: Rooms<RelayMember>;
  relay: Relay;
  limits: RealtimeLimits;
  log: RealtimeLog;
}

/** Who sits down, where, and with which cursor (`undefined` for none). */
export interface Seat {
  contract: WireContract;
  principal: Principal;
  params: Readonly<Record<string, string>>;
  transport: Transport;
  since: unknown;
  onEnded: (session: Session) => void;
}

export class Session implements Follower, RelayMember, WireSession {
  readonly topics = new Set<string>();
  #state: 'opening' | 'replaying' | 'live' | 'ended' = 'opening';
  #cursor = 0;
  #isRestarted = false;
  #following: Following | null = null;
  #isBusy = true;
  readonly #waiting: { inbound: Inbound; reply: Reply }[] = [];
  readonly #budget: ByteBudget;
  readonly #takeFrame: TakeFrame;
  readonly #cancelExpiry: () => void;
  readonly #idleTimer: NodeJS.Timeout | null = null;
  #resolveSent: (() => void) | null = null;

  constructor(
    private readonly house: SessionHouse,
    private readonly seat: Seat,
  ) {
    const { limits } = house;
    this.#takeFrame = createFrameRate({ perSecond: limits.framesPerSecond, burst: limits.framesBurst });
    this.#budget = new ByteBudget({
      bytes: limits.budgetBytes,
      graceMs: limits.budgetGraceMs,
      unsent: () => seat.transport.unsent(),
      exceeded: () => this.close(4410),
    });
    this.#cancelExpiry = atTime(seat.principal.exp * 1000, () => this.close(4401));
    if (seat.contract.idleAfterMs !== null) {
      this.#idleTimer = setInterval(() => this.#idle(), seat.contract.idleAfterMs);
    }
  }

  get identity(): Principal {
    return this.seat.principal;
  }
  get params(): Readonly<Record<string, string>> {
    return this.seat.params;
  }
  get tenantId(): string {
    return this.seat.principal.tenantId;
  }
  get contractName(): string {
    return this.seat.contract.name;
  }
  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Follows the tenant, opens, and replays what the cursor missed. Never throws. */
  async start(): Promise<void> {
    try {
      const following = await this.house.hub.follow(this.tenantId, this);
      if (this.hasEnded) return following?.unfollow();
      if (!following) return this.close(4403);
      this.#following = following;
      if (this.seat.since === undefined) this.#open({ ...following.position(), replayed: 0 }, 'live');
      else await this.#resume(following);
    } catch (err) {
      this.house.log.warn({ err }, 'A socket could not be opened or resumed.');
      this.close(1013);
    }
  }

  /** What the client sent; one at a time, in order. */
  receive(inbound: Inbound, reply: Reply): void {
    if (this.hasEnded) return;
    if (!this.#takeFrame(performance.now())) return this.close(4429);
    if (this.#waiting.length >= this.house.limits.framesWaiting) return this.close(4429);
    this.#idleTimer?.refresh();
    this.#waiting.push({ inbound, reply });
    if (!this.#isBusy) this.#work();
    // Answers pile up as well when nobody reads them.
    if (this.#state === 'live') this.#budget.check();
  }

  deliver(releases: readonly Release[]): void {
    if (this.#state !== 'live') return;
    try {
      const projection = projectOnce(this.seat.contract, releases);
      const burst = projection.burstFor(this.topics, this.#cursor);
      this.#cursor = Math.max(this.#cursor, projection.lastSeq);
      this.write(burst);
    } catch (error) {
      this.#failed(error);
    }
  }

  restarted(position: { epoch: string; seq: number }): void {
    if (this.#state === 'live') this.#resync(position);
    else this.#isRestarted = true;
  }

  /** An ephemeral frame; dropped when this reader is behind. */
  relayed(burst: Burst): void {
    if (this.#state === 'opening' || this.seat.transport.unsent() > this.house.limits.budgetBytes) return;
    this.write(burst);
  }

  write(burst: Burst): void {
    if (burst.frames.length === 0 || this.hasEnded) return;
    this.seat.transport.write(burst);
    // What is replayed paces itself; only what comes live can pile up.
    if (this.#state === 'live') this.#budget.check();
  }

  /** Tells the client why and closes the socket. */
  close(code: CloseCode): void {
    if (this.hasEnded) return;
    this.end();
    this.seat.transport.close(code, this.house.limits.closeGraceMs);
  }

  /** The socket is gone: lets go of everything. */
  end(): void {
    if (this.hasEnded) return;
    this.#state = 'ended';
    this.#cancelExpiry();
    this.#budget.close();
    if (this.#idleTimer) clearInterval(this.#idleTimer);
    this.#following?.unfollow();
    this.#waiting.length = 0;
    for (const topic of this.topics) this.house.rooms.leave(this, topic);
    this.#resolveSent?.();
    this.seat.onEnded(this);
  }

  #open(opening: { epoch: string; seq: number; replayed: number }, state: 'live' | 'replaying'): void {
    this.#state = state;
    this.#cursor = opening.seq - opening.replayed;
    void this.#perform(this.seat.contract.open(this, opening));
    this.#isBusy = false;
    this.#work();
  }

  async #resume(following: Following): Promise<void> {
    const { house, seat, tenantId, topics } = this;
    const position = (await readPositions(house.pool, [tenantId])).get(tenantId);
    if (this.hasEnded) return;
    const after = position ? resumeAfter(seat.since, position) : null;
    if (!position || after === null) {
      this.#open({ ...following.position(), replayed: 0 }, 'live');
      this.#resync(following.position());
      return;
    }
    const { epoch, head } = position;
    this.#isRestarted = false;
    this.#open({ epoch, seq: head, replayed: head - after }, 'replaying');
    const catchingUp = {
      tenantId,
      contract: seat.contract,
      topics,
      epoch,
      cursor: after,
      goesOn: () => this.#state === 'replaying' && !this.#isRestarted,
      livePosition: () => following.position(),
      goLive: () => {
        this.#cursor = catchingUp.cursor;
        this.#state = 'live';
      },
      sent: (burst: Burst) => this.#sent(burst),
    };
    const outcome = await replay(house.pool, catchingUp);
    if (this.#state === 'replaying' && (outcome === 'resync' || this.#isRestarted)) this.#resync(following.position());
  }

  #resync(position: { epoch: string; seq: number }): void {
    this.#state = 'live';
    this.#cursor = position.seq;
    void this.#perform(this.seat.contract.resync(this, position));
  }

  /** Works off what the client sent until a look-up has to be waited for. */
  #work(): void {
    while (!this.#isBusy && !this.hasEnded) {
      const next = this.#waiting.shift();
      if (!next) return;
      try {
        const pending = this.#perform(this.seat.contract.receive(this, next.inbound), next.reply);
        if (pending) void this.#workAfter(pending);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  async #workAfter(pending: Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await pending;
    } catch (error) {
      this.#failed(error);
    }
    this.#isBusy = false;
    this.#work();
  }

  /** Nothing a socket brings may harm the others. */
  #failed(err: unknown): void {
    this.house.log.warn({ err }, 'A socket was closed because serving it failed.');
    this.close(1011);
  }

  #perform(effects: readonly Effect[], reply: Reply = () => {}): Promise<void> | null {
    return performEffects(this.house, { session: this, effects, reply });
  }

  #idle(): void {
    if (this.#state !== 'opening') void this.#perform(this.seat.contract.idle(this));
  }

  async #sent(burst: Burst): Promise<void> {
    if (burst.frames.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#resolveSent = resolve;
      this.seat.transport.write(burst, resolve);
    });
  }
}

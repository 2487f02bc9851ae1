// One direction of a proxied connection: what arrives goes on late, slowly, in pieces, or not at all.
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** What is wrong with the network; everything at its default is a faithful relay. */
export interface NetworkFaults {
  /** Added to each direction, in ms. */
  latencyMs: number;
  /** Largest piece written at once, in bytes. */
  sliceBytes: number;
  /** For each direction of each connection. */
  bytesPerSecond: number;
  /** Nothing passes, but nothing is thrown away: it goes on once this is over. */
  isFrozen: boolean;
  /** Connections are accepted and what they say is thrown away, as by a router that forgot them. */
  isHalfOpen: boolean;
  /** A connection is reset once so many bytes have passed in one direction. */
  cutAfterBytes: number;
}

export const FAITHFUL: Readonly<NetworkFaults> = {
  latencyMs: 0,
  sliceBytes: Infinity,
  bytesPerSecond: Infinity,
  isFrozen: false,
  isHalfOpen: false,
  cutAfterBytes: Infinity,
};

/** The network as it is now; `thawed` resolves when nothing is frozen. */
export interface Network {
  faults(): Readonly<NetworkFaults>;
  thawed(): Promise<void>;
  /** Called with what has arrived, whatever becomes of it. */
  arrived(bytes: number): void;
  /** Called when bytes were thrown away: the connection cannot be healed any more. */
  swallowed(): void;
}

/** Above this the source is not read until something has gone on. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** Pieces a second under a bandwidth. */
const PIECES_PER_SECOND = 50;

/** Carries bytes from one socket to the other until either is closed. */
export function carry(from: Socket, to: Socket, network: Network): void {
  const line: { bytes: Buffer; due: number }[] = [];
  let waiting = 0;
  let passed = 0;
  let hasEnded = false;
  let isDraining = false;

  from.on('data', (bytes: Buffer) => {
    line.push({ bytes, due: performance.now() + network.faults().latencyMs });
    waiting += bytes.length;
    network.arrived(bytes.length);
    if (waiting > MOST_WAITING_BYTES) from.pause();
    if (!isDraining) void drain();
  });
  from.on('end', () => {
    hasEnded = true;
    if (!isDraining) to.end();
  });

  async function drain(): Promise<void> {
    isDraining = true;
    for (let next = line.shift(); next && !to.destroyed; next = line.shift()) {
      const early = next.due - performance.now();
      if (early > 0) await wait(early, undefined, { ref: false });
      await pass(next.bytes);
      waiting -= next.bytes.length;
      if (waiting <= MOST_WAITING_BYTES) from.resume();
    }
    isDraining = false;
    if (hasEnded) to.end();
  }

  async function pass(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      await network.thawed();
      if (to.destroyed) return;
      const { bytesPerSecond, sliceBytes, isHalfOpen, cutAfterBytes } = network.faults();
      if (isHalfOpen) return network.swallowed();
      const size = Math.max(1, Math.min(sliceBytes, bytesPerSecond / PIECES_PER_SECOND, cutAfterBytes - passed));
      const piece = bytes.subarray(at, at + size);
      to.write(piece);
      at += piece.length;
      passed += piece.length;
      if (passed >= cutAfterBytes) {
        // What was written leaves first.
        await nextTurn();
        from.resetAndDestroy();
        to.resetAndDestroy();
        return;
      }
      if (bytesPerSecond !== Infinity) await wait((piece.length / bytesPerSecond) * 1000, undefined, { ref: false });
      else if (at < bytes.length) await nextTurn();
    }
  }
}

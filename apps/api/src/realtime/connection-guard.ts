// What one Engine.IO connection may ask for: one session per namespace, and few wrong tokens (DESIGN 5: limits on rate).
import { closeConnection, type EngineConnection } from './engine-connection.js';

/** Refusals one connection may collect: a person who signs in again needs two or three. */
export const MAX_REFUSALS = 10;

interface Guest {
  /** Namespaces that are being joined or are joined. */
  taken: Set<string>;
  refusals: number;
  isClosing: boolean;
}

/** Closes a connection that asks for the same place twice or keeps bringing wrong tokens, before anything is looked up for it. */
export class ConnectionGuard {
  readonly #guests = new WeakMap<EngineConnection, Guest>();

  constructor(private readonly closeGraceMs: number) {}

  /** Takes a place; false when the connection is to be left alone because it is being closed. */
  enter(connection: EngineConnection, namespace: string): boolean {
    const guest = this.#guestOf(connection);
    if (!guest.isClosing && !guest.taken.has(namespace) && guest.refusals < MAX_REFUSALS) {
      guest.taken.add(namespace);
      return true;
    }
    if (!guest.isClosing) closeConnection(connection, { code: 4429, graceMs: this.closeGraceMs });
    guest.isClosing = true;
    return false;
  }

  /** The token that came was wrong. */
  refuse(connection: EngineConnection, namespace: string): void {
    this.#guestOf(connection).refusals += 1;
    this.leave(connection, namespace);
  }

  leave(connection: EngineConnection, namespace: string): void {
    this.#guestOf(connection).taken.delete(namespace);
  }

  #guestOf(connection: EngineConnection): Guest {
    let guest = this.#guests.get(connection);
    if (!guest) this.#guests.set(connection, (guest = { taken: new Set(), refusals: 0, isClosing: false }));
    return guest;
  }
}

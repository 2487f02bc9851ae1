// One Socket.IO screen per tenant: it comes back with its cursor whenever it is cut, and keeps what it was told.
import { io, type Socket } from 'socket.io-client';
import { cursorOf, hear, hearConnection, hearResync, nothingHeard, type Heard } from './oracle/heard.js';
import type { Place, World } from './world.js';

/** The screens of a world. */
export interface Screens extends AsyncDisposable {
  heard: Heard[];
  /** Resolves when every screen has reached its tenant's cursor; false when the time is up before. */
  reach(cursors: Map<string, string>, withinMs: number): Promise<boolean>;
  close(): void;
}

/** Frames that are no events of the log. */
const EPHEMERAL = new Set(['ready', 'ticket:typing', 'session.revoked', 'closing']);
const PAUSE_MS = 200;

/** Opens a screen for every tenant of the world; resolves when all are live. They begin where the world began. */
export async function listen(world: World, { withinMs = 15_000 } = {}): Promise<Screens> {
  const heard: Heard[] = [];
  const clients: Socket[] = [];
  let isClosed = false;
  const lookers = new Set<() => void>();

  function open(place: Place): Promise<void> {
    const screen = nothingHeard(place.tenantId, place.cursor);
    heard.push(screen);
    const client = io(world.url, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: PAUSE_MS,
      reconnectionDelayMax: 1_000,
      auth: (send) => send({ token: place.token, since: cursorOf(screen) }),
    });
    clients.push(client);
    let isFirst = true;
    // A server that closes a socket on purpose is not gone: the client has to be told to come back.
    function comeBack(): void {
      if (!client.active && !isClosed) setTimeout(() => isClosed || client.connect(), PAUSE_MS);
    }
    client.on('connect', () => hearConnection(screen));
    client.on('disconnect', comeBack);
    client.on('connect_error', comeBack);
    client.onAny((event: string, payload: unknown) => {
      if (event === 'resync_required') hearResync(screen, payload);
      else if (!EPHEMERAL.has(event)) hear(screen, event, payload);
      for (const look of lookers) look();
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the screen of ${place.tenantId} did not come up`)), withinMs);
      client.on('ready', () => {
        hearConnection(screen);
        clearTimeout(timer);
        if (!isFirst) screen.reconnects += 1;
        isFirst = false;
        resolve();
      });
    });
  }
  function close(): void {
    isClosed = true;
    for (const client of clients) client.disconnect();
  }
  try {
    await Promise.all(world.places.map(open));
  } catch (error) {
    close();
    throw error;
  }
  return {
    heard,
    reach(cursors, ms) {
      const isThere = () => heard.every((screen) => hasReached(screen, cursors.get(screen.tenantId)));
      return new Promise((resolve) => {
        const timer = setTimeout(() => finish(false), ms);
        function look(): void {
          if (isThere()) finish(true);
        }
        function finish(result: boolean): void {
          clearTimeout(timer);
          lookers.delete(look);
          resolve(result);
        }
        lookers.add(look);
        look();
      });
    },
    close,
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  };
}

function hasReached(screen: Heard, cursor: string | undefined): boolean {
  if (cursor === undefined) return true;
  const cut = cursor.lastIndexOf(':');
  return screen.epoch === cursor.slice(0, cut) && screen.seq >= Number(cursor.slice(cut + 1));
}

// A Socket.IO client that keeps what it hears, so that a test can wait for a frame that came before it looked.
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';

const PATIENCE_MS = 10_000;

export interface SocketOptions {
  /** A token or a ticket; the rig's agent unless given. */
  token?: string;
  transports?: ('polling' | 'websocket')[];
  /** The cursor to resume from. */
  since?: string;
  /** Other fields of `auth`. */
  auth?: Record<string, unknown>;
  namespace?: string;
}

/** One frame as it was heard. */
export interface Frame {
  event: string;
  payload: unknown;
}

/** A connected client. */
export interface TestSocket {
  client: Socket;
  /** Every frame heard, in order. */
  frames: Frame[];
  /** Resolves with the first frame, heard or to come, that has the name and passes `accepts`. Rejects after ten seconds. */
  waitFor(event: string, accepts?: (payload: unknown) => boolean): Promise<unknown>;
  /** Emits and waits for the acknowledgement. */
  ask(event: string, payload: unknown): Promise<unknown>;
}

/** Connects; rejects with the server's `connect_error`. It never reconnects by itself. */
export async function connectSocket(url: string, options: SocketOptions): Promise<TestSocket> {
  const { token, since, auth, namespace = '/', transports = ['websocket'] } = options;
  const client = io(url + namespace, {
    path: '/socket.io',
    transports,
    forceNew: true,
    reconnection: false,
    auth: { token, ...(since !== undefined && { since }), ...auth },
  });
  const frames: Frame[] = [];
  const lookers = new Set<() => void>();
  client.onAny((event: string, payload: unknown) => {
    frames.push({ event, payload });
    for (const look of lookers) look();
  });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', resolve);
    client.once('connect_error', (error) => {
      client.disconnect();
      reject(error);
    });
  });
  return {
    client,
    frames,
    waitFor(event, accepts = () => true) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          lookers.delete(look);
          reject(new Error(`no ${event} came; heard: ${frames.map((frame) => frame.event).join(', ') || 'nothing'}`));
        }, PATIENCE_MS);
        function look(): void {
          const found = frames.find((frame) => frame.event === event && accepts(frame.payload));
          if (!found) return;
          clearTimeout(timer);
          lookers.delete(look);
          resolve(found.payload);
        }
        lookers.add(look);
        look();
      });
    },
    ask: (event, payload) => client.timeout(PATIENCE_MS).emitWithAck(event, payload) as Promise<unknown>,
  };
}

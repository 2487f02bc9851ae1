// One keep-alive HTTP connection with one request on its way, as cheap as node allows: the loader shares the cores.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const NOTHING = Buffer.alloc(0);
const STATUS_AT = 'HTTP/1.1 '.length;

/** A connection whose `send` calls back with the status once the whole answer has arrived. */
export class Connection {
  /** Resolves when the connection is gone. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #pending: Buffer = NOTHING;
  #answered: ((status: number) => void) | null = null;
  #isClosing = false;

  private constructor(socket: Socket, mayBreak: boolean) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    if (mayBreak) socket.on('error', () => {});
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        if (!this.#isClosing && !mayBreak) throw new Error('the server closed a connection under load');
        resolve();
      });
    });
  }

  /** Connects; a connection that later breaks takes the loader down with its error, unless it may. */
  static async open(port: number, { mayBreak = false } = {}): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket, mayBreak);
  }

  send(bytes: Buffer, answered: (status: number) => void): void {
    this.#answered = answered;
    this.#socket.write(bytes);
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = bytes;
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
    if (bytes.length < headEnd + 4 + Number(length)) return;
    this.#pending = NOTHING;
    this.#answered?.(Number(head.slice(STATUS_AT, STATUS_AT + 3)));
  }
}

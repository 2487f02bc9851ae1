// The "socket" between a pg.Client and the embedded database: bytes of the PostgreSQL protocol in, bytes out, no network.
import { Duplex } from 'node:stream';
import type { Engine } from './engine.js';

const TERMINATE = 0x58;
/** AuthenticationOk, then ReadyForQuery in no transaction. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
/** PGlite has one session for ever: what the client before left behind (an open transaction, statements, locks) is cleared. */
const FRESH_SESSION = Buffer.concat(['rollback', 'discard all'].map(simpleQuery));

/** The stream of one client. node-postgres writes whole protocol messages; all written in one tick travel to the worker together. */
export class SessionStream extends Duplex {
  #isStarted = false;
  #unsent: Buffer[] = [];
  #unanswered = 0;
  #onAnswered: (() => void) | null = null;
  readonly #stopListening: () => void;

  constructor(private readonly engine: Engine) {
    super();
    this.#stopListening = engine.onLost((error) => this.destroy(error));
  }

  // node-postgres calls these on its socket.
  connect(): this {
    this.engine.ready().then(
      () => this.emit('connect'),
      (error: Error) => this.destroy(error),
    );
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#take(chunk);
    callback();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    for (const { chunk } of chunks) this.#take(chunk);
    callback();
  }

  override _final(callback: () => void): void {
    const finish = (): void => {
      this.push(null);
      callback();
    };
    if (this.#unanswered + this.#unsent.length === 0) finish();
    else this.#onAnswered = finish;
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#stopListening();
    callback(error);
  }

  #take(chunk: Buffer): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      void this.#send(FRESH_SESSION, () => WELCOME);
      return;
    }
    // The session outlives its clients; the engine must never see a Terminate.
    if (chunk[0] === TERMINATE) return;
    if (this.#unsent.push(chunk) === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const batch = Buffer.concat(this.#unsent);
    this.#unsent = [];
    if (!this.destroyed) void this.#send(batch, (answer) => answer);
  }

  async #send(bytes: Buffer, toAnswer: (answer: Uint8Array) => Uint8Array): Promise<void> {
    this.#unanswered += 1;
    try {
      // A copy in a buffer of its own: node's small buffers share one, which must not be transferred.
      const answer = await this.engine.exec(new Uint8Array(bytes));
      if (this.destroyed) return;
      this.push(toAnswer(answer));
    } catch (error) {
      this.destroy(error as Error);
    }
    this.#unanswered -= 1;
    if (this.#unanswered + this.#unsent.length === 0) this.#onAnswered?.();
  }
}

function simpleQuery(sql: string): Buffer {
  const message = Buffer.alloc(1 + 4 + sql.length + 1);
  message.write('Q');
  message.writeInt32BE(4 + sql.length + 1, 1);
  message.write(sql, 5);
  return message;
}

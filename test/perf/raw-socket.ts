// A WebSocket client that costs next to nothing: it keeps the bytes it is sent and knows how many frames they are.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { frameAt, isClose, maskedTextFrame } from './text-frames.js';

/** Engine.IO's ping and the answer to it. */
const PING = '2'.charCodeAt(0);
const PONG = maskedTextFrame('3');
/** Of one burst to one socket. */
const KEPT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');

/** All sockets are read into the same memory, one after the other. */
const readInto = Buffer.allocUnsafe(KEPT_BYTES);

/** Where to connect; with a token as a Socket.IO client, else as a plain one. */
export interface RawSocketOptions {
  port: number;
  token: string | null;
  /** Frames since `forget`, before and after bytes that ended at least one. */
  onFrames: (before: number, now: number) => void;
}

/** One client. Throws out of the event loop when the server lets it go before it is closed. */
export class RawSocket {
  readonly #socket: Socket;
  #kept: Buffer = NOTHING;
  #length = 0;
  /** Up to where frames were found. */
  #read = 0;
  #frames = 0;
  #isOpen = false;
  #hasSaidHello = false;
  #isClosing = false;
  readonly ended: Promise<void>;

  private constructor(
    private readonly options: RawSocketOptions,
    private readonly opened: () => void,
  ) {
    const { port, token } = options;
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: readInto, callback: (length) => this.#take(length) },
    });
    this.#socket.setNoDelay(true);
    this.ended = new Promise((resolve) => {
      this.#socket.once('close', () => {
        if (!this.#isClosing) throw new Error('the server closed a socket');
        resolve();
      });
    });
    const path = token === null ? '/' : '/socket.io/?EIO=4&transport=websocket';
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
  }

  /** Connects; resolves when events may come. */
  static open(options: RawSocketOptions): Promise<RawSocket> {
    return new Promise((resolve) => {
      const socket: RawSocket = new RawSocket(options, () => resolve(socket));
    });
  }

  /** The text of each frame since `forget`. */
  texts(): string[] {
    const texts: string[] = [];
    for (let at = 0, frame; (frame = frameAt(this.#kept, at, this.#read)); at = frame.to)
      texts.push(this.#kept.toString('utf8', frame.from, frame.to));
    return texts;
  }

  forget(): void {
    this.#kept.copy(this.#kept, 0, this.#read, this.#length);
    this.#length -= this.#read;
    this.#read = 0;
    this.#frames = 0;
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #take(length: number): boolean {
    // Memory for events is taken when they come: an idle socket needs none.
    if (this.#kept.length < this.#length + length) {
      const grown = Buffer.allocUnsafe(this.#isOpen ? KEPT_BYTES : this.#length + length);
      if (grown.length < this.#length + length) throw new Error('a burst is larger than a client keeps');
      this.#kept.copy(grown, 0, 0, this.#length);
      this.#kept = grown;
    }
    readInto.copy(this.#kept, this.#length, 0, length);
    this.#length += length;
    if (this.#isOpen) this.#count();
    else this.#greet();
    return true;
  }

  #count(): void {
    const before = this.#frames;
    for (let frame; (frame = frameAt(this.#kept, this.#read, this.#length));) {
      if (isClose(frame)) throw new Error('the server closed a WebSocket');
      if (frame.to - frame.from === 1 && this.#kept[frame.from] === PING) {
        this.#socket.write(PONG);
        this.#kept.copy(this.#kept, this.#read, frame.to, this.#length);
        this.#length -= frame.to - this.#read;
        continue;
      }
      this.#read = frame.to;
      this.#frames += 1;
    }
    if (this.#frames > before) this.options.onFrames(before, this.#frames);
  }

  /** Waits for the upgrade, and for the contract's first frame. */
  #greet(): void {
    const headEnd = this.#kept.indexOf(HEAD_END);
    if (headEnd < 0 || headEnd >= this.#length) return;
    const text = this.#kept.toString('latin1', 0, this.#length);
    if (!text.startsWith('HTTP/1.1 101')) throw new Error(`no WebSocket here: ${text.slice(0, 200)}`);
    if (text.includes('44{')) throw new Error(`refused: ${text.slice(headEnd)}`);
    const { token } = this.options;
    if (token !== null && !this.#hasSaidHello) {
      this.#hasSaidHello = true;
      this.#socket.write(maskedTextFrame(`40${JSON.stringify({ token })}`));
    }
    if (token !== null && !text.includes('42["ready"')) return;
    this.#isOpen = true;
    this.#kept = NOTHING;
    this.#length = 0;
    this.opened();
  }
}

// Frames that leave together: encoded once per door, written once per socket.
import type { Frame } from '@recado/wire';
import { encodeTextFrame } from './websocket-frame.js';

/** Engine.IO's packet type "message". */
const MESSAGE = '4';

/** The frames of a burst as Socket.IO packets of one namespace. */
export class SocketIoPackets {
  #frames: Buffer[] | null = null;
  #joined: Buffer | null = null;

  constructor(readonly texts: readonly string[]) {}

  /** Each packet as a WebSocket frame. */
  get frames(): readonly Buffer[] {
    return (this.#frames ??= this.texts.map((text) => encodeTextFrame(MESSAGE + text)));
  }

  /** All packets as consecutive WebSocket frames in one buffer: one write. */
  get joined(): Buffer {
    const [first, ...rest] = this.frames;
    return (this.#joined ??= first && rest.length === 0 ? first : Buffer.concat(this.frames));
  }
}

/** Frames written in one go. The same burst is given to every session that gets the same frames. */
export class Burst {
  readonly #packets = new Map<string, SocketIoPackets>();

  constructor(readonly frames: readonly Frame[]) {}

  /** As packets of a namespace; payload texts are put in as they are. */
  socketIo(namespace: string): SocketIoPackets {
    let packets = this.#packets.get(namespace);
    if (!packets) {
      packets = new SocketIoPackets(this.frames.map((frame) => toPacket(frame, namespace)));
      this.#packets.set(namespace, packets);
    }
    return packets;
  }
}

function toPacket(frame: Frame, namespace: string): string {
  const prefix = namespace === '/' ? '2' : `2${namespace},`;
  if ('text' in frame) return `${prefix}["message",${JSON.stringify(frame.text)}]`;
  return `${prefix}[${JSON.stringify(frame.event)},${frame.json}]`;
}

// Signals that wait to be sent together.
import type { SignalChannel } from './signals.js';

/** NOTIFY refuses 8,000 bytes. */
export const MAX_PAYLOAD_BYTES = 7_900;

/** One NOTIFY. */
export interface Notification {
  channel: SignalChannel;
  payload: string;
}

/** Gathers signals until they are taken. Wake-ups of one tenant become one, at its highest seq. */
export class SignalBatch {
  #heads = new Map<string, number>();
  #others: Notification[] = [];

  /** Adds a signal; false when it is too large to be sent at all. */
  add(channel: SignalChannel, payload: string): boolean {
    if (channel === 'log') {
      for (const part of payload.split(',')) this.#addHead(part);
      return true;
    }
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) return false;
    this.#others.push({ channel, payload });
    return true;
  }

  isEmpty(): boolean {
    return this.#heads.size === 0 && this.#others.length === 0;
  }

  /** Everything gathered, in payloads that fit, and begins anew. */
  take(): Notification[] {
    const wakeUps = joinBelow([...this.#heads].map(([tenantId, seq]) => `${tenantId}:${seq}`));
    const taken = [...wakeUps.map((payload): Notification => ({ channel: 'log', payload })), ...this.#others];
    this.#heads = new Map();
    this.#others = [];
    return taken;
  }

  #addHead(part: string): void {
    const colon = part.lastIndexOf(':');
    const tenantId = part.slice(0, colon);
    const seq = Number(part.slice(colon + 1));
    if (seq > (this.#heads.get(tenantId) ?? 0)) this.#heads.set(tenantId, seq);
  }
}

/** Joins parts with commas into as few texts as fit. Tenant ids and numbers are ASCII, so length is bytes. */
function joinBelow(parts: string[]): string[] {
  const texts: string[] = [];
  let text = '';
  for (const part of parts) {
    if (text.length + 1 + part.length > MAX_PAYLOAD_BYTES) {
      texts.push(text);
      text = '';
    }
    text = text ? `${text},${part}` : part;
  }
  return text ? [...texts, text] : texts;
}

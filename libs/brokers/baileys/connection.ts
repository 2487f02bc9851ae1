// `connection.update`: whether the broker's own line to WhatsApp is up.
import type { CanonicalInstance } from '@recado/contracts';
import { nameOf, objectOf, type JsonObject } from '../json.js';
import { ignored, type Reading } from '../reading.js';
import { stampOf, type Outer } from './outer.js';

const STATES: Record<string, CanonicalInstance['state']> = {
  open: 'connected',
  connected: 'connected',
  connecting: 'connecting',
  close: 'disconnected',
  closed: 'disconnected',
  disconnected: 'disconnected',
};

/** Why Baileys lost the line (DisconnectReason). */
const DETAILS: Record<string, string> = {
  401: 'logged out',
  403: 'forbidden',
  408: 'connection lost',
  411: 'multi-device mismatch',
  428: 'connection closed',
  440: 'connection replaced',
  500: 'bad session',
  503: 'service unavailable',
  515: 'restart required',
};

/** One connection update. A QR code to scan wins over the word beside it. */
export function readConnection(raw: JsonObject, outer: Outer): Reading {
  const qr = nameOf(raw.qr);
  const word = (nameOf(raw.connection) ?? nameOf(raw.state) ?? '').toLowerCase();
  const state = qr !== null ? 'qr' : Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  if (state === undefined) return ignored('unsupported_event', 'instance', null);
  const error = objectOf(objectOf(raw.lastDisconnect).error);
  const code = nameOf(objectOf(error.output).statusCode);
  const told = code !== null && Object.hasOwn(DETAILS, code) ? DETAILS[code] : code;
  const detail = state === 'disconnected' ? (told ?? null) : null;
  return { event: { kind: 'instance', ...stampOf(outer, []), state, detail, qr } };
}

// Raw Baileys events: which reader each event name has, and where its items lie in the body.
import type { PayloadType, Reason } from '@recado/contracts';
import { readCall } from '../baileys/call.js';
import { readConnection } from '../baileys/connection.js';
import { lidPairsOf } from '../baileys/lid-sync.js';
import { readMessage } from '../baileys/message.js';
import type { Outer } from '../baileys/outer.js';
import { readContact, readLidMapping } from '../baileys/people.js';
import { readReactionEvent, readReceipt } from '../baileys/receipt.js';
import { readUpdate } from '../baileys/update.js';
import { isObject, type JsonObject } from '../json.js';
import { ignored, type Reading } from '../reading.js';

export interface RawEvent {
  /** Names of the field that holds the items, besides `data`, `raw` and `payload` themselves; none: the event is one item. */
  fields: string[];
  payloadType: PayloadType;
  read: (part: JsonObject, outer: Outer) => Reading;
  /** Other events whose items may lie in the same body. */
  beside?: RawEvent[];
  /** What is kept of a part that does not tell by itself what it is. */
  keep?: (part: unknown, outer: Outer) => unknown;
  /** Items of another event that a part holds besides being one itself. */
  holds?: { event: RawEvent; in: (part: unknown) => Iterable<JsonObject> };
}

const LIDS: RawEvent = {
  fields: ['mappings', 'lidPnMappings', 'mapping'],
  payloadType: 'identity',
  read: readLidMapping,
  keep: (data) => ({ event: 'lid-mapping.update', data }),
};
const UPSERT: RawEvent = {
  fields: ['messages', 'message'],
  payloadType: 'message',
  read: (part, outer) => readMessage(part, outer),
  keep: (part, { origin }) => (origin === 'live' ? part : { type: origin, messages: [part] }),
  holds: { event: LIDS, in: lidPairsOf },
};
const UPDATE: RawEvent = {
  fields: ['updates', 'update', 'messages'],
  payloadType: 'status',
  read: readUpdate,
  keep: (part) => (isObject(part) && isObject(part.update) ? part : { event: 'messages.update', data: [part] }),
};
const RECEIPT: RawEvent = { fields: ['receipts', 'updates'], payloadType: 'status', read: readReceipt };
const REACTION: RawEvent = { fields: ['reactions', 'updates'], payloadType: 'reaction', read: readReactionEvent };
const CONTACTS: RawEvent = {
  fields: ['contacts', 'updates'],
  payloadType: 'contact',
  read: readContact,
  keep: (data) => ({ event: 'contacts.update', data }),
};
const HISTORY: RawEvent = {
  fields: ['messages'],
  beside: [CONTACTS, LIDS],
  payloadType: 'message',
  read: (part, outer) =>
    readMessage(isObject(part.message) && isObject(part.message.key) ? part.message : part, {
      ...outer,
      origin: 'history',
    }),
  keep: (part) => ({ event: 'messages.set', data: { messages: [part] } }),
};
const CONNECTION: RawEvent = {
  fields: ['update'],
  payloadType: 'instance',
  read: readConnection,
  keep: (data) => ({ event: 'connection.update', data }),
};

const CALLS: RawEvent = {
  fields: ['calls', 'call'],
  payloadType: 'message',
  read: readCall,
  keep: (data) => ({ event: 'call', data }),
};

function silent(reason: Reason, payloadType: PayloadType = 'unknown'): RawEvent {
  return { fields: [], payloadType, read: () => ignored(reason, payloadType, null) };
}

/** By name, in the spelling of `eventName`. */
export const RAW_EVENTS: Record<string, RawEvent> = {
  MESSAGES_UPSERT: UPSERT,
  MESSAGES_UPDATE: UPDATE,
  MESSAGE_RECEIPT_UPDATE: RECEIPT,
  MESSAGES_REACTION: REACTION,
  MESSAGES_SET: HISTORY,
  MESSAGING_HISTORY_SET: HISTORY,
  CONTACTS_UPSERT: CONTACTS,
  CONTACTS_UPDATE: CONTACTS,
  CONTACTS_SET: CONTACTS,
  LID_MAPPING_UPDATE: LIDS,
  CONNECTION_UPDATE: CONNECTION,
  // Deleted on the phone alone: the other side still has it, and so do we.
  MESSAGES_DELETE: silent('chat_state'),
  CHATS_SET: silent('chat_state'),
  CHATS_UPSERT: silent('chat_state'),
  CHATS_UPDATE: silent('chat_state'),
  CHATS_DELETE: silent('chat_state'),
  PRESENCE_UPDATE: silent('presence'),
  CALL: CALLS,
  GROUPS_UPSERT: silent('system_message'),
  GROUPS_UPDATE: silent('system_message'),
  GROUP_PARTICIPANTS_UPDATE: silent('system_message'),
};

/** One spelling for dotted, dashed, slashed and upper-case event names, with or without `WHATSAPP_`. */
export function eventName(spelled: string): string {
  return spelled
    .trim()
    .replace(/[.\-/\s]+/g, '_')
    .toUpperCase()
    .replace(/^WHATSAPP_/, '');
}

/** The raw event that a part's structure tells when no name does (brokers.md 1.1). */
export function eventByStructure(item: JsonObject): RawEvent | null {
  if (Array.isArray(item.messages)) return UPSERT;
  if (isObject(item.key)) {
    if (isObject(item.message) || item.messageStubType !== undefined) return UPSERT;
    if (isObject(item.update) || Array.isArray(item.update)) return UPDATE;
    if (isObject(item.receipt)) return RECEIPT;
    if (isObject(item.reaction)) return REACTION;
    // A key alone: a message with nothing to show.
    return UPSERT;
  }
  // A history row wraps its message once more.
  if (isObject(item.message) && isObject(item.message.key)) return UPSERT;
  return Array.isArray(item.updates) ? UPDATE : null;
}

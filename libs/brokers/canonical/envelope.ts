// The contract's own forms: the envelope (MESSAGE_INBOUND, MESSAGE_OUTBOUND) and the webhook form.
import {
  BrokerInboundEventSchema,
  BrokerWebhookInboundSchema,
  type ContactAttributes,
  type PayloadType,
} from '@recado/contracts';
import { readMessage } from '../baileys/message.js';
import type { Outer } from '../baileys/outer.js';
import { flagOf, idOf, isObject, nameOf, objectOf, shortName, type JsonObject } from '../json.js';
import { rejected, type Issue, type Reading } from '../reading.js';
import { aliasesOfContact, keyOfMetadata } from './evidence.js';
import { isHead, readAnyContent } from './plain-content.js';
import { originOfHolders } from './raw.js';

/** A form and its messages, each read when its turn comes: a history in one form must not be read in one go. */
export interface FormReading {
  /** What the form lists; none when it is one message itself. */
  messages: JsonObject[];
  /** Reads the message at the place, 0 for the only one. May throw for what nobody has thought of. */
  read: (place: number) => Reading;
}

/** A contract form, checked. */
interface Message {
  id: string | null;
  direction: 'INBOUND' | 'OUTBOUND';
  contact: ContactAttributes;
  message: JsonObject;
  metadata: JsonObject;
  times: unknown[];
  cursor: string | null;
  /** What the upsert inside says of itself. */
  origin?: Outer['origin'];
}

/** Reads an envelope. A missing `contact` or `metadata` counts as empty when the message itself says enough; a missing message never does. */
export function readEnvelope(item: JsonObject, direction: 'INBOUND' | 'OUTBOUND', instanceId: string): FormReading {
  const payload = objectOf(item.payload);
  const to = direction === 'OUTBOUND' ? (nameOf(payload.to) ?? nameOf(item.to)) : null;
  const contact = payload.contact ?? (to === null ? {} : { phone: to });
  const message = objectOf(payload.message);
  const checked = BrokerInboundEventSchema.safeParse({
    id: idOf(item.id) ?? idOf(objectOf(message.key).id) ?? idOf(message.id) ?? undefined,
    type: 'MESSAGE_INBOUND',
    instanceId,
    cursor: item.cursor,
    payload: { contact, message: payload.message, metadata: payload.metadata ?? {} },
  });
  const payloadType = direction === 'INBOUND' ? 'message' : 'echo';
  if (!checked.success) return nothing(refused(checked.error.issues, payloadType, nameOf(item.id)));
  const { id, cursor, payload: read } = checked.data;
  return readForm({
    id,
    direction,
    contact: read.contact,
    message: read.message,
    metadata: read.metadata,
    times: [payload.timestamp, item.timestamp, read.metadata.timestamp],
    cursor: cursor ?? null,
  });
}

/** Reads the webhook form: `{event:'message', direction, instanceId, timestamp, from, message, metadata}`. */
export function readWebhookForm(item: JsonObject, instanceId: string): FormReading {
  const checked = BrokerWebhookInboundSchema.safeParse({
    event: 'message',
    instanceId,
    cursor: item.cursor,
    direction: item.direction ?? 'inbound',
    from: partyOf(item.from ?? item.contact ?? item.to ?? {}),
    message: item.message,
    metadata: item.metadata ?? {},
  });
  if (!checked.success) return nothing(refused(checked.error.issues, 'message', nameOf(item.id)));
  const { direction, message, metadata, cursor } = checked.data;
  return readForm({
    id: idOf(item.id),
    direction: direction === 'outbound' ? 'OUTBOUND' : 'INBOUND',
    contact: checked.data.from,
    message,
    metadata,
    times: [item.timestamp, metadata.timestamp],
    cursor: cursor ?? null,
  });
}

function nothing(reading: Reading): FormReading {
  return { messages: [], read: () => reading };
}

/** `from` is the contact, a wrapper around it, or nothing but its phone. */
function partyOf(from: unknown): unknown {
  if (isObject(from) && isObject(from.contact)) return from.contact;
  const phone = nameOf(from);
  return phone === null ? from : { phone };
}

/** The message of a form is bare content, a whole WAMessage, or an upsert with several. */
function readForm(form: Message): FormReading {
  const { message } = form;
  const messages = Array.isArray(message.messages) ? message.messages.filter(isObject) : [];
  if (messages.length === 0) return { messages, read: () => readOne(message, form) };
  const own = {
    ...form,
    origin: originOfHolders([message, form.metadata]),
    id: messages.length === 1 ? form.id : null,
  };
  return { messages, read: (place) => readOne(messages[place] ?? {}, own) };
}

function readOne(message: JsonObject, form: Message): Reading {
  const { contact, metadata, direction } = form;
  const isWhole = isObject(message.key);
  const outer: Outer = {
    broker: shortName(metadata.broker, 64) ?? 'canonical',
    cursor: form.cursor,
    origin: form.origin ?? 'live',
    timesBefore: form.times,
    timesAfter: [],
    contact,
    aliases: aliasesOfContact(contact),
    direction,
    externalId: isWhole ? form.id : (idOf(message.id) ?? form.id),
  };
  if (isWhole) {
    const content = isComplete(message) ? message : contentBesideKey(message);
    return readMessage(withChat(content, metadata), outer, readAnyContent);
  }
  const content = isObject(message.message) ? message.message : message;
  const { pushName, verifiedBizName } = message;
  const messageTimestamp = message.messageTimestamp ?? message.timestamp;
  const raw = { key: keyOfMetadata(metadata), message: content, messageTimestamp, pushName, verifiedBizName };
  return readMessage(raw, outer, readAnyContent);
}

/** Whether a WAMessage brings its content in `message`, or has none. */
function isComplete(message: JsonObject): boolean {
  const { message: content, messageStubType, key } = message;
  if (isObject(content) || content === null || nameOf(messageStubType) !== null) return true;
  return flagOf(objectOf(key).isViewOnce) === true || isHead(message);
}

/** `{key, conversation}`: content and key on one level. */
function contentBesideKey(message: JsonObject): JsonObject {
  const { key, ...content } = message;
  const { messageTimestamp, pushName, verifiedBizName, participant } = message;
  return { key, message: content, messageTimestamp, pushName, verifiedBizName, participant };
}

/** A key that does not name its chat takes it from the metadata. */
function withChat(message: JsonObject, metadata: JsonObject): JsonObject {
  const key = objectOf(message.key);
  if (nameOf(key.remoteJid) !== null) return message;
  const told = keyOfMetadata(metadata);
  return { ...message, key: { ...told, ...key, remoteJid: told.remoteJid } };
}

interface ZodIssue {
  path: PropertyKey[];
  message: string;
}

function refused(issues: ZodIssue[], payloadType: PayloadType, externalId: string | null): Reading {
  const told: Issue[] = issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message }));
  const isIdAlone = told.length === 1 && told[0]?.path === 'id';
  return rejected(isIdAlone ? 'missing_id' : 'invalid_contract', { payloadType, externalId, issues: told });
}

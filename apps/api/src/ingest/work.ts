// One item on its way through a batch: what the adapter read, what ingest made of it, what became of it.
import { v7 as uuidv7 } from 'uuid';
import type {
  CanonicalChange,
  CanonicalContact,
  CanonicalInstance,
  CanonicalMessage,
  PayloadType,
  Reason,
} from '@recado/contracts';
import type { DeliveryItem } from '@recado/brokers';
import { aliasKeys, type AliasKey } from './aliases.js';
import type { Delivery, ItemVerdict } from './ingest.js';

/** A delivery that a batch writes once, however many batches its items need. */
export interface OpenDelivery extends Delivery {
  id: string;
  /** `YYYY-MM-DD` (UTC) of the arrival: the partition of the delivery and of its ledger rows. */
  day: string;
  groupPolicy: 'ignore' | 'accept';
  written: boolean;
}

/** The ledger row of an item. A redriven item rewrites the row it had. */
export interface LedgerRef {
  day: string;
  id: string;
  rewrite: boolean;
}

interface WorkBase {
  delivery: OpenDelivery;
  index: number;
  ledger: LedgerRef;
  payloadType: PayloadType;
  externalId: string | null;
  raw: unknown;
  /** Set when nothing is left to decide; the batch sets it for the rest. */
  outcome: ItemVerdict | null;
  contactId: string | null;
}
/** A person or a group, as the items of a batch name it. Filled in by the identity step. */
export interface ChatRef {
  kind: 'person' | 'group';
  jid: string | null;
  keys: AliasKey[];
  /** `chat` column and contact once known. */
  chat: string | null;
  contactId: string | null;
}
export interface MessageWork extends WorkBase {
  kind: 'message';
  event: CanonicalMessage;
  messageId: string;
  chatRef: ChatRef;
  authorRef: ChatRef | null;
  /** The broker's time when it makes sense. */
  brokerAt: Date | null;
  /** What the message is ordered by. */
  occurredAt: Date;
  timeSource: 'broker' | 'received' | 'future';
  origin: 'live' | 'history';
  /** The ticket chosen by the threading step when it is not the chat's open one. */
  ticketId: string | null;
}
export interface ChangeWork extends WorkBase {
  kind: 'change';
  event: CanonicalChange;
  chatRef: ChatRef;
  at: Date;
}
export interface ContactWork extends WorkBase {
  kind: 'contact';
  event: CanonicalContact;
  chatRef: ChatRef;
  occurredAt: Date;
}
export interface InstanceWork extends WorkBase {
  kind: 'instance';
  event: CanonicalInstance;
  at: Date;
}
/** An item that was decided before any database was asked. */
export interface SettledWork extends WorkBase {
  kind: 'settled';
}
export type Work = MessageWork | ChangeWork | ContactWork | InstanceWork | SettledWork;

const FUTURE_MS = 5 * 60_000;
const HISTORY_AFTER_MS = 24 * 3_600_000;

/** Decides which instant orders an event: the broker's, unless there is none or it lies more than 5 minutes ahead. */
export function occurrence(
  at: string | null,
  receivedAt: Date,
): Pick<MessageWork, 'brokerAt' | 'occurredAt' | 'timeSource'> {
  if (at === null) return { brokerAt: null, occurredAt: receivedAt, timeSource: 'received' };
  const brokerAt = new Date(at);
  if (brokerAt.getTime() > receivedAt.getTime() + FUTURE_MS) {
    return { brokerAt, occurredAt: receivedAt, timeSource: 'future' };
  }
  return { brokerAt, occurredAt: brokerAt, timeSource: 'broker' };
}

function chatRefOf(
  instanceId: string,
  chat: { kind: 'person' | 'group'; jid: string | null; aliases: CanonicalMessage['chat']['aliases'] },
): ChatRef {
  const aliases =
    chat.kind === 'group' && chat.jid !== null ? [{ kind: 'jid' as const, value: chat.jid }] : chat.aliases;
  return {
    kind: chat.kind,
    jid: chat.jid,
    keys: aliasKeys(instanceId, aliases),
    chat: chat.kind === 'group' ? chat.jid : null,
    contactId: null,
  };
}

function payloadTypeOf(item: DeliveryItem): PayloadType {
  if (!('event' in item)) return item.payloadType;
  const { event } = item;
  if (event.kind !== 'message') return event.kind;
  return event.direction === 'OUTBOUND' ? 'echo' : 'message';
}

function externalIdOf(item: DeliveryItem): string | null {
  if (!('event' in item)) return item.externalId;
  if ('externalId' in item.event) return item.event.externalId;
  return 'targetId' in item.event ? item.event.targetId : null;
}

/** Turns one item of a delivery into work; `rewrite` names the ledger row of a redriven item. */
export function toWork(
  delivery: OpenDelivery,
  item: DeliveryItem,
  index: number,
  rewrite?: { day: string; id: string },
): Work {
  const base: WorkBase = {
    delivery,
    index,
    ledger: rewrite ? { ...rewrite, rewrite: true } : { day: delivery.day, id: uuidv7(), rewrite: false },
    payloadType: payloadTypeOf(item),
    externalId: externalIdOf(item),
    raw: item.raw,
    outcome: null,
    contactId: null,
  };
  if (!('event' in item)) return settle(base, item.verdict, item.reason);
  const { event } = item;
  const { instanceId, receivedAt } = delivery;
  if (event.kind === 'instance')
    return { ...base, kind: 'instance', event, at: occurrence(event.at, receivedAt).occurredAt };
  const chatRef = chatRefOf(instanceId, event.chat);
  if (chatRef.kind === 'group' && delivery.groupPolicy === 'ignore') return settle(base, 'ignored', 'group');
  if (event.kind === 'contact') {
    if (chatRef.keys.length === 0) return settle(base, 'rejected', 'missing_chat');
    return { ...base, kind: 'contact', event, chatRef, occurredAt: occurrence(event.at, receivedAt).occurredAt };
  }
  if (event.kind !== 'message')
    return { ...base, kind: 'change', event, chatRef, at: occurrence(event.at, receivedAt).occurredAt };
  if (chatRef.keys.length === 0) return settle(base, 'rejected', 'missing_chat');
  const time = occurrence(event.at, receivedAt);
  const isOld = receivedAt.getTime() - time.occurredAt.getTime() > HISTORY_AFTER_MS;
  return {
    ...base,
    kind: 'message',
    event,
    messageId: uuidv7(),
    chatRef,
    authorRef: event.author && chatRefOf(instanceId, { kind: 'person', jid: null, aliases: event.author.aliases }),
    ...time,
    origin: event.origin === 'history' || (event.origin === 'append' && isOld) ? 'history' : 'live',
    ticketId: null,
  };
}

function settle(base: WorkBase, verdict: 'ignored' | 'rejected', reason: Reason): SettledWork {
  return { ...base, kind: 'settled', outcome: { verdict, reason, messageId: null } };
}

// One item on its way through a batch: what the adapter read, what ingest made of it, what became of it.
import { newId } from '../ids.js';
import type {
  CanonicalChange,
  CanonicalContact,
  CanonicalInstance,
  CanonicalMessage,
  ContactAttributes,
  PayloadType,
  Reason,
} from '@recado/contracts';
import type { DeliveryItem } from '@recado/brokers';
import { aliasKeys } from './aliases.js';
import type { ContactNews } from './contact-attributes.js';
import type { Delivery, ItemVerdict } from './ingest.js';
import type { Mention } from './mentions.js';
import { normalisePhone } from './phone.js';

/** A delivery that a batch writes once, however many batches its items need. */
export interface OpenDelivery extends Delivery {
  id: string;
  /** `YYYY-MM-DD` (UTC) of the arrival: the partition of the delivery and of its ledger rows. */
  day: string;
  /** Whether a transaction that stored it has committed. */
  written: boolean;
}

/** Opens a delivery that was submitted. */
export function openDelivery(delivery: Delivery): OpenDelivery {
  const { tenantId, instanceId, transport, sha256, raw, items, groupPolicy, traceId, receivedAt } = delivery;
  const day = receivedAt.toISOString().slice(0, 10);
  const said = { tenantId, instanceId, transport, sha256, raw, items, groupPolicy, traceId, receivedAt };
  return Object.assign(said, { id: newId(), day, written: false });
}

/** The ledger row of an item. A redriven item of its own tenant rewrites the row it had. */
export interface LedgerRef {
  day: string;
  id: string;
  rewrite: boolean;
}

/** The parked row an item comes from: it goes in the transaction that stores the item, and its ledger row learns the verdict. */
export interface ParkedOrigin {
  tenantId: string;
  id: string;
  ledgerDay: string;
  ledgerId: string;
}

interface WorkBase {
  delivery: OpenDelivery;
  index: number;
  ledger: LedgerRef;
  parked: ParkedOrigin | null;
  payloadType: PayloadType;
  externalId: string | null;
  raw: unknown;
  /** Set when nothing is left to decide; the batch sets it for the rest. */
  outcome: ItemVerdict | null;
  contactId: string | null;
}
export interface MessageWork extends WorkBase {
  kind: 'message';
  event: CanonicalMessage;
  messageId: string;
  chat: Mention;
  author: Mention | null;
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
  chat: Mention;
  at: Date;
}
export interface ContactWork extends WorkBase {
  kind: 'contact';
  event: CanonicalContact;
  chat: Mention;
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

const LONGEST_ID = 512;
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

type Chat = CanonicalMessage['chat'];

/** The names of a chat: a group has one, its jid. */
export function aliasesOf(chat: Chat): Chat['aliases'] {
  return chat.kind === 'group' && chat.jid !== null ? [{ kind: 'jid', value: chat.jid }] : chat.aliases;
}

/** Who an event is about. A group goes by its jid, a person by every name that came with the event. */
function mentionOf(delivery: OpenDelivery, chat: Chat, source: string, creates: boolean): Mention {
  return {
    tenantId: delivery.tenantId,
    kind: chat.kind,
    keys: aliasKeys(delivery.instanceId, aliasesOf(chat)),
    jid: chat.jid,
    creates,
    news: null,
    isAlone: false,
    source,
    traceId: delivery.traceId,
    contact: null,
    isRecalled: false,
    isNew: false,
    aliasId: null,
  };
}

function newsOf(mention: Mention, attributes: ContactAttributes, at: Date): ContactNews {
  const phone = mention.keys.find((key) => key.kind === 'phone');
  return { attributes, phone: phone ? normalisePhone(phone.value).e164 : null, at };
}

/** The `chat` column of an item whose contact is known: the contact id of a person, the jid of a group. */
export function chatOf(mention: Mention): string | null {
  return mention.kind === 'group' ? (mention.keys[0]?.key ?? null) : (mention.contact?.id ?? null);
}

function payloadTypeOf(item: DeliveryItem): PayloadType {
  if (!('event' in item)) return item.payloadType;
  const { event } = item;
  if (event.kind !== 'message') return event.kind;
  return event.direction === 'OUTBOUND' ? 'echo' : 'message';
}

function externalIdOf(item: DeliveryItem): string | null {
  // What was refused may call itself anything; the ledger's index takes no more.
  if (!('event' in item)) return item.externalId?.slice(0, LONGEST_ID) ?? null;
  if ('externalId' in item.event) return item.event.externalId;
  return 'targetId' in item.event ? item.event.targetId : null;
}

/**
 * Turns one item of a delivery into work; `parked` tells where a redriven item waited. The hot path: a spread that is followed by
 * new properties costs a hundred times as much as `Object.assign`.
 */
export function toWork(delivery: OpenDelivery, item: DeliveryItem, index: number, parked: ParkedOrigin | null): Work {
  const isOwn = parked?.tenantId === delivery.tenantId;
  const base: WorkBase = {
    delivery,
    index,
    ledger:
      parked && isOwn
        ? { day: parked.ledgerDay, id: parked.ledgerId, rewrite: true }
        : { day: delivery.day, id: newId(), rewrite: false },
    parked,
    payloadType: payloadTypeOf(item),
    externalId: externalIdOf(item),
    raw: item.raw,
    outcome: null,
    contactId: null,
  };
  if (!('event' in item)) return settle(base, item.verdict, item.reason);
  const { event } = item;
  const { receivedAt } = delivery;
  if (event.kind === 'instance')
    return { ...base, kind: 'instance', event, at: occurrence(event.at, receivedAt).occurredAt };
  const creates = event.kind === 'message' || event.kind === 'contact';
  const chat = mentionOf(delivery, event.chat, event.broker, creates);
  if (chat.kind === 'group' && delivery.groupPolicy === 'ignore') return settle(base, 'ignored', 'group');
  const time = occurrence(event.at, receivedAt);
  if (event.kind !== 'message' && event.kind !== 'contact')
    return { ...base, kind: 'change', event, chat, at: time.occurredAt };
  if (chat.keys.length === 0) return settle(base, 'rejected', 'missing_chat');
  if (event.kind === 'contact') {
    chat.news = newsOf(chat, event.contact, time.occurredAt);
    chat.isAlone = true;
    return { ...base, kind: 'contact', event, chat };
  }
  const author =
    event.author &&
    mentionOf(delivery, { kind: 'person', jid: null, aliases: event.author.aliases }, event.broker, true);
  const speaker = chat.kind === 'group' ? author : chat;
  if (speaker) speaker.news = newsOf(speaker, event.contact, time.occurredAt);
  const isOld = receivedAt.getTime() - time.occurredAt.getTime() > HISTORY_AFTER_MS;
  const { brokerAt, occurredAt, timeSource } = time;
  return Object.assign(base, {
    kind: 'message' as const,
    event,
    messageId: newId(),
    chat,
    author: author && author.keys.length > 0 ? author : null,
    brokerAt,
    occurredAt,
    timeSource,
    origin:
      event.origin === 'history' || (event.origin === 'append' && isOld) ? ('history' as const) : ('live' as const),
    ticketId: null,
  });
}

function settle(base: WorkBase, verdict: 'ignored' | 'rejected', reason: Reason): SettledWork {
  return { ...base, kind: 'settled', outcome: { verdict, reason, messageId: null } };
}

/** The state an instance event reports. */
export function stateOf(work: InstanceWork) {
  const { tenantId, instanceId } = work.delivery;
  return { tenantId, instanceId, state: work.event.state, detail: work.event.detail, at: work.at };
}

/** Undoes what an attempt left on a work item, before the next one. */
export function resetWork(work: Work): void {
  if (work.kind === 'settled') return;
  work.outcome = null;
  work.contactId = null;
  if (work.kind === 'instance') return;
  const author = work.kind === 'message' ? work.author : null;
  for (const mention of [work.chat, author]) {
    if (!mention) continue;
    mention.contact = null;
    mention.isRecalled = false;
    mention.isNew = false;
    mention.aliasId = null;
  }
  if (work.kind === 'message') work.ticketId = null;
}

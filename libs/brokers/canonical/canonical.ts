// The canonical broker: anything that speaks the contract of whatsapp-broker, and raw Baileys.
import type { PayloadType, Reason } from '@recado/contracts';
import type { Broker, DeliveryHints, DeliveryItem } from '../broker.js';
import { isObject, nameOf, objectOf, type JsonObject } from '../json.js';
import { ignored, rejected, type Issue, type Reading } from '../reading.js';
import { instanceNameOf, unfold, type Slot } from './bodies.js';
import { readEnvelope, readWebhookForm, type FormReading } from './envelope.js';
import { outerOf, partsBeside, partsOf } from './raw.js';
import { eventByStructure, eventName, RAW_EVENTS, type RawEvent } from './raw-events.js';

/** Reads every body form of clients.md, "Brokers posting". */
export const canonical: Broker = { kind: 'canonical', parse };

interface Part {
  raw: unknown;
  reading: Reading;
}

function* parse(body: unknown, hints: DeliveryHints): Iterable<DeliveryItem> {
  for (const slot of unfold(body)) yield* readSlot(slot, hints);
}

function* readSlot(slot: Slot, hints: DeliveryHints): Iterable<DeliveryItem> {
  const { item } = slot;
  if (!isObject(item)) {
    yield refuse(item, hints.instanceId ?? null, { path: '', message: 'an item must be a JSON object' });
    return;
  }
  const named = instanceNameOf(item) ?? instanceNameOf(objectOf(item.payload)) ?? slot.instanceId;
  const instanceId = hints.instanceId ?? named;
  if (instanceId === null) {
    yield refuse(item, null, { path: 'instanceId', message: 'neither the body nor the path names an instance' });
    return;
  }
  if (named !== null && named !== instanceId) {
    const issue = { path: 'instanceId', message: 'the body names another instance than the door' };
    yield refuse(item, instanceId, issue, 'instance_mismatch');
    return;
  }
  for (const { raw, reading } of readParts(item, instanceId, hints)) yield { instanceId, raw, ...reading };
}

function readParts(item: JsonObject, instanceId: string, hints: DeliveryHints): Iterable<Part> {
  const names = [item.type, item.event, hints.event].map(nameOf).filter((name) => name !== null);
  for (const spelled of names) {
    const name = eventName(spelled);
    if (name === 'MESSAGE_INBOUND') return whole(item, 'message', () => readEnvelope(item, 'INBOUND', instanceId));
    if (name === 'MESSAGE_OUTBOUND') return whole(item, 'echo', () => readEnvelope(item, 'OUTBOUND', instanceId));
    if (name === 'MESSAGE' && item.payload === undefined) {
      return whole(item, 'message', () => readWebhookForm(item, instanceId));
    }
    const event = Object.hasOwn(RAW_EVENTS, name) ? RAW_EVENTS[name] : undefined;
    if (event !== undefined) return rawParts(item, event);
  }
  const event = eventByStructure(item);
  if (event !== null) return rawParts(item, event);
  if (names.length > 0) return [{ raw: item, reading: ignored('unsupported_event', 'unknown', nameOf(item.id)) }];
  const issues = [{ path: 'type', message: 'the item names no event and looks like none' }];
  return [{ raw: item, reading: rejected('invalid_contract', { payloadType: 'unknown', issues }) }];
}

/** A contract form: kept whole, or, of several messages, each with its own alone, so that it is read again by itself. */
function* whole(item: JsonObject, payloadType: PayloadType, form: () => FormReading): Iterable<Part> {
  const { messages, read } = formOf(payloadType, form);
  if (messages.length <= 1) yield { raw: item, reading: guarded(payloadType, () => read(0)) };
  else {
    for (const [place, one] of messages.entries()) {
      yield { raw: aloneIn(item, one), reading: guarded(payloadType, () => read(place)) };
    }
  }
}

function formOf(payloadType: PayloadType, form: () => FormReading): FormReading {
  try {
    return form();
  } catch {
    return { messages: [], read: () => unreadable(payloadType, 'the item could not be read') };
  }
}

function aloneIn(item: JsonObject, one: JsonObject): JsonObject {
  const payload = objectOf(item.payload);
  const { type } = objectOf(payload.message ?? item.message);
  const message = type === undefined ? one : { type, messages: [one] };
  return isObject(item.payload) ? { ...item, payload: { ...payload, message } } : { ...item, message };
}

function* rawParts(item: JsonObject, event: RawEvent): Iterable<Part> {
  // A history may hold no message at all: then its holder is not one either.
  const parts = event.beside === undefined ? partsOf(item, event) : partsBeside(item, event);
  yield* readAll(item, event, parts);
  for (const other of event.beside ?? []) yield* readAll(item, other, partsBeside(item, other));
}

function* readAll(item: JsonObject, event: RawEvent, parts: Iterable<unknown>): Iterable<Part> {
  const outer = outerOf(item);
  for (const part of parts) {
    const raw = event.keep?.(part, outer) ?? part;
    const reading = guarded(event.payloadType, () =>
      isObject(part) ? event.read(part, outer) : unreadable(event.payloadType, 'must be a JSON object'),
    );
    yield { raw, reading };
    if (event.holds) yield* readAll(item, event.holds.event, event.holds.in(part));
  }
}

/** One poison item never fails its neighbours. */
function guarded(payloadType: PayloadType, read: () => Reading): Reading {
  try {
    return read();
  } catch {
    return unreadable(payloadType, 'the item could not be read');
  }
}

function unreadable(payloadType: PayloadType, message: string): Reading {
  return rejected('invalid_contract', { payloadType, issues: [{ path: '', message }] });
}

function refuse(
  raw: unknown,
  instanceId: string | null,
  issue: Issue,
  reason: Reason = 'invalid_contract',
): DeliveryItem {
  return { instanceId, raw, verdict: 'rejected', reason, payloadType: 'unknown', externalId: null, issues: [issue] };
}

// The items of a raw Baileys event, wherever its gateway put them.
import type { Outer } from '../baileys/outer.js';
import { readStatus } from '../baileys/status.js';
import { isObject, nameOf, objectOf, shortName, type JsonObject } from '../json.js';
import type { RawEvent } from './raw-events.js';

/** The parts of an event: the list in `payload.raw`, `payload`, `data`, `raw` or beside the name; else the holder itself. */
export function partsOf(item: JsonObject, event: RawEvent): unknown[] {
  if (event.fields.length === 0) return [item];
  const holders = holdersOf(item);
  for (const holder of holders) {
    if (Array.isArray(holder)) return split(holder);
    const list = isObject(holder) ? listIn(holder, event.fields) : null;
    if (list !== null) return split(list);
  }
  return split([holders.find(isObject)]);
}

/** The lists that stand beside an event's own: a history brings contacts and mappings too. */
export function partsBeside(item: JsonObject, event: RawEvent): unknown[] {
  for (const holder of holdersOf(item)) {
    const list = isObject(holder) ? listIn(holder, event.fields) : null;
    if (list !== null) return list;
  }
  return [];
}

function holdersOf(item: JsonObject): unknown[] {
  const payload = objectOf(item.payload);
  return [payload.raw, payload.data, item.payload, item.data, item.raw, item];
}

function listIn(holder: JsonObject, fields: string[]): unknown[] | null {
  // What has a key is a single item: `message` and `update` are fields of its own.
  if (isObject(holder.key)) return null;
  for (const field of fields) {
    const list = holder[field];
    if (Array.isArray(list)) return list;
    if (isObject(list) && isPart(list)) return [list];
  }
  return null;
}

/** What surrounds the parts of an event. */
export function outerOf(item: JsonObject): Outer {
  const payload = objectOf(item.payload);
  const metadata = objectOf(payload.metadata ?? item.metadata);
  return {
    broker: shortName(metadata.broker, 64) ?? shortName(item.broker, 64) ?? 'canonical',
    cursor: nameOf(item.cursor),
    origin: originOf(item),
    timesBefore: [],
    timesAfter: [payload.timestamp, item.timestamp, item.date_time, metadata.timestamp],
    contact: null,
    aliases: [],
    direction: null,
    externalId: null,
  };
}

/** `notify` is live; `append` was queued while the line was down; older Baileys called history `prepend`. */
function originOf(item: JsonObject): Outer['origin'] {
  const payload = objectOf(item.payload);
  return originOfHolders([objectOf(payload.raw), payload, objectOf(item.data), item]);
}

/** The first word of the holders about it. */
export function originOfHolders(holders: JsonObject[]): Outer['origin'] {
  for (const { type } of holders) {
    if (type === 'append') return 'append';
    if (type === 'prepend' || type === 'history') return 'history';
  }
  return 'live';
}

/** Several updates of one key are several items. */
function split(list: unknown[]): unknown[] {
  if (!list.some((part) => isObject(part) && (Array.isArray(part.update) || tellsTwice(part.update)))) return list;
  return list.flatMap((part) => {
    if (!isObject(part) || part.update === undefined) return [part];
    const updates: unknown[] = Array.isArray(part.update) ? part.update : [part.update];
    return updates.flatMap(apart).map((update) => ({ ...part, update }));
  });
}

/** An update with content and a status is two items, so that neither hides the other. */
function apart(update: unknown): unknown[] {
  if (!tellsTwice(update)) return [update];
  const { status, messageStubParameters, ...content } = update;
  return [content, { status, messageStubParameters, messageTimestamp: update.messageTimestamp }];
}

function tellsTwice(update: unknown): update is JsonObject {
  return isObject(update) && isObject(update.message) && readStatus(update.status) !== null;
}

function isPart(value: JsonObject): boolean {
  return (
    isObject(value.key) || nameOf(value.connection) !== null || nameOf(value.lid) !== null || nameOf(value.qr) !== null
  );
}

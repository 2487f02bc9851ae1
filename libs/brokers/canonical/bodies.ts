// The body forms of a canonical delivery unfolded into items: one event, an array, `{events}`, `{body}`, and these inside each other.
import { isObject, nameOf, type JsonObject } from '../json.js';

/** One item of a body, with the instance that its wrappers named. */
export interface Slot {
  item: unknown;
  instanceId: string | null;
}

const DEEPEST = 6;

/** Every item of a body, in order. What is nested too deep comes back as an item of its own, to be refused. */
export function unfold(body: unknown): Iterable<Slot> {
  return collect({ item: body, instanceId: null }, DEEPEST);
}

function* collect(slot: Slot, depth: number): Iterable<Slot> {
  const inner = depth === 0 ? null : insideOf(slot.item);
  if (inner === null) {
    yield slot;
    return;
  }
  const instanceId = isObject(slot.item) ? (instanceNameOf(slot.item) ?? slot.instanceId) : slot.instanceId;
  for (const item of Array.isArray(inner) ? inner : [inner]) yield* collect({ item, instanceId }, depth - 1);
}

/** What a wrapper holds, or null when the value is an item itself. */
function insideOf(value: unknown): unknown[] | JsonObject | null {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return null;
  // An item names itself by type, event, payload, message or key: then `events` and `body` are its own fields.
  if (value.payload !== undefined || value.message !== undefined || value.key !== undefined) return null;
  for (const inner of [value.events, value.items, value.body]) {
    if (Array.isArray(inner) || isObject(inner)) return inner as unknown[] | JsonObject;
  }
  return null;
}

/** The instance an object names at its own level. */
export function instanceNameOf(item: JsonObject): string | null {
  return nameOf(item.instanceId) ?? nameOf(item.sessionId);
}

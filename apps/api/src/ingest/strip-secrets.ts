// Items as they may be kept, in a dead letter or among a contact's other attributes: without secrets.
import type { DeliveryItem } from '@recado/brokers';
import { createTurns } from '../turns.js';
import { redactInTurns } from './large-values.js';
import { redactObject } from './scrub.js';

/** Blanks credential-like values in what the items came from and in what they tell. Rests; what is in `large` is walked in turns. */
export async function stripSecrets(items: DeliveryItem[], large: WeakSet<object>): Promise<DeliveryItem[]> {
  const turns = createTurns();
  const stripped: DeliveryItem[] = [];
  for (const item of items) {
    stripped.push(withoutSecrets(item, await redactInTurns(item.raw, large)));
    if (turns.isOver()) await turns.rest();
  }
  return stripped;
}

function withoutSecrets(item: DeliveryItem, raw: unknown): DeliveryItem {
  if (!('event' in item)) return { ...item, raw };
  const { event } = item;
  if (event.kind !== 'message' && event.kind !== 'contact') return { ...item, raw };
  const contact = { ...event.contact, metadata: redactObject(event.contact.metadata) };
  if (event.kind === 'contact') return { ...item, raw, event: { ...event, contact } };
  return { ...item, raw, event: { ...event, contact, extra: redactObject(event.extra) } };
}

// The forms in which gateways post the same items, and the doors they post them to.
import type { Random } from '../random.js';
import type { Group, Item } from './item.js';
import { VINTAGES, write } from './vintage.js';

/** A body with the path it goes to. */
export interface Posted {
  path: string;
  body: string;
}

const EVENTS: Record<Group, string> = {
  upsert: 'messages.upsert',
  update: 'messages.update',
  receipt: 'message-receipt.update',
  reaction: 'messages.reaction',
  history: 'messaging-history.set',
};
const DOOR = '/api/webhooks/whatsapp';

/** Items of one group and instance as one delivery. */
export function post(items: Item[], { instanceId, random }: { instanceId: string; random: Random }): Posted {
  const group = items[0]?.group ?? 'upsert';
  const parts = items.map((item) => write(item.raw, random.pick(VINTAGES)));
  const event = random.happens(0.2) ? EVENTS[group].replaceAll('.', '_').toUpperCase() : EVENTS[group];
  const data = dataOf(group, parts);
  const named = { path: `${DOOR}/${instanceId}`, body: { event, instanceId, data } };
  const forms = [
    named,
    { path: `${DOOR}/${instanceId}/${EVENTS[group].replaceAll('.', '-')}`, body: { data } },
    { path: DOOR, body: { body: { type: event, instanceId, payload: { raw: data } } } },
    { path: `/api/integrations/whatsapp/webhook`, body: [{ event, instanceId, data }] },
  ];
  const { path, body } = envelope(items, parts, instanceId, random) ?? random.pick(forms);
  return { path, body: JSON.stringify(body) };
}

function dataOf(group: Group, parts: unknown[]): unknown {
  if (group === 'upsert') return { messages: parts, type: 'notify' };
  return group === 'history' ? { messages: parts, chats: [], isLatest: false, syncType: 3 } : parts;
}

/** The contract's own envelope around one inbound WAMessage. */
function envelope(items: Item[], parts: unknown[], instanceId: string, random: Random) {
  const [item, ...more] = items;
  const isFit = item?.fact.kind === 'message' && item.group === 'upsert' && more.length === 0;
  if (!isFit || !item.chat || item.chat.isGroup || !random.happens(0.2)) return null;
  const { id, direction } = item.fact as { id: string; direction: string };
  const { person } = item.chat;
  const phone = `+${person.phoneJid.split('@')[0]}`;
  const contact = person.spelling === 'lid' ? {} : { phone };
  const payload = { instanceId, contact, message: parts[0], metadata: { broker: 'baileys' } };
  return { path: DOOR, body: { id, type: `MESSAGE_${direction}`, instanceId, payload } };
}

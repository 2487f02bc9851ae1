// Items no contract knows: each must be refused by itself, be counted, and leave its neighbours alone.
import type { Random } from '../random.js';
import type { Item } from './item.js';

const POISONS: unknown[] = [
  null,
  'a text where an object belongs',
  42,
  ['a list'],
  { key: { remoteJid: '5511977770001@s.whatsapp.net', fromMe: false }, message: { conversation: 'no id' } },
  { key: { fromMe: false, id: '3EB0POISON' }, message: { conversation: 'no chat' } },
  { key: { remoteJid: { toString: 1 }, id: { $ne: null } }, message: { conversation: 'objects for names' } },
];

/** A malformed item for a delivery of messages. */
export function poisonItem(tenant: number, random: Random): Item {
  return { tenant, chat: null, group: 'upsert', raw: random.pick(POISONS), fact: { kind: 'poison' } };
}

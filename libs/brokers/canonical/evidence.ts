// What an envelope tells besides its message: who the contact is, when it happened, where it came from.
import type { Alias, ContactAttributes } from '@recado/contracts';
import { isSameNumber, mergeAliases } from '../aliases.js';
import { aliasesOfJid, isPerson, readJid } from '../baileys/jid.js';
import { firstName, idOf, nameOf, type JsonObject } from '../json.js';

const LONGEST_PHONE = 64;

/** Names of a contact: its phone, and the addresses kept among its other attributes. */
export function aliasesOfContact({ phone, metadata: more }: ContactAttributes): Alias[] {
  const known = phoneAliases(phone ?? nameOf(more.waId) ?? nameOf(more.wa_id));
  const told = known.find(({ kind }) => kind === 'phone')?.value;
  // Digits without a server are a phone only in `phone`, and a hidden id only in `lid`.
  const lid = typeof more.lid === 'string' && /^\d+$/.test(more.lid) ? `${more.lid}@lid` : more.lid;
  for (const address of [more.jid, more.remoteJid, lid, more.id]) {
    const aliases = addressAliases(address);
    // Somebody else's address beside the phone would join two people.
    const other = aliases.find(({ kind }) => kind === 'phone')?.value;
    if (told === undefined || other === undefined || isSameNumber(told, other)) known.push(...aliases);
  }
  const [bsuid, username] = [idOf(more.bsuid) ?? idOf(more.userId), idOf(more.username)];
  if (bsuid !== null) known.push({ kind: 'bsuid', value: bsuid });
  if (username !== null) known.push({ kind: 'username', value: username });
  return mergeAliases([], known);
}

/** The key that an envelope's metadata stands for when its message has none. */
export function keyOfMetadata(metadata: JsonObject): JsonObject {
  const remoteJid = firstName(metadata.remoteJid, metadata.chatId, metadata.chatJid, metadata.jid);
  const { remoteJidAlt, participant, participantAlt, senderPn, senderLid, fromMe } = metadata;
  return {
    // A chat id of the broker's own making is no address.
    remoteJid: remoteJid?.includes('@') === true ? remoteJid : null,
    remoteJidAlt,
    participant,
    participantAlt,
    senderPn,
    senderLid,
    fromMe,
  };
}

function phoneAliases(phone: string | null): Alias[] {
  if (phone === null || phone.length > LONGEST_PHONE) return [];
  if (phone.includes('@')) return addressAliases(phone);
  const digits = phone.replace(/\D/g, '').length;
  return digits >= 3 && digits <= 20 ? [{ kind: 'phone', value: phone }] : [];
}

function addressAliases(address: unknown): Alias[] {
  if (typeof address !== 'string' || !address.includes('@')) return [];
  const jid = readJid(address);
  return isPerson(jid) ? aliasesOfJid(jid) : [];
}

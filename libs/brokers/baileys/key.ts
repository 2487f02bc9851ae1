// Message keys in both vintages: the Alt fields of Baileys 7 and the Pn/Lid fields of 6.7 and its forks.
import type { Alias } from '@recado/contracts';
import { flagOf, idOf, objectOf, type JsonObject } from '../json.js';
import { aliasesOfJid, isPerson, readJid, type Jid } from './jid.js';

/** A key read: the chat, who wrote inside it, and what else these are called. */
export interface MessageKey {
  id: string | null;
  /** null when the key does not say. */
  fromMe: boolean | null;
  chat: Jid | null;
  /** Names of the chat when it is a person. */
  chatAliases: Alias[];
  participant: Jid | null;
  participantAliases: Alias[];
}

/** Reads a key. `participant` is the author's legacy place beside the key. */
export function readKey(raw: unknown, participant?: unknown): MessageKey {
  const key = objectOf(raw);
  const fromMe = flagOf(key.fromMe);
  const chat = readJid(key.remoteJid);
  const author = readJid(key.participant) ?? readJid(participant) ?? readJid(key.participantAlt);
  const isOneToOne = chat === null || isPerson(chat);
  const isBroadcast = chat?.kind === 'broadcast';
  return {
    id: idOf(key.id),
    fromMe,
    chat,
    chatAliases: isOneToOne ? chatAliases(chat, key, fromMe === true) : [],
    participant: author,
    participantAliases: isOneToOne ? [] : authorAliases(author, key, { fromMe: fromMe === true, isBroadcast }),
  };
}

function chatAliases(chat: Jid | null, key: JsonObject, fromMe: boolean): Alias[] {
  // In our own messages the sender fields are ours; the recipient's are the chat's.
  const others = fromMe ? [key.recipientPn, key.recipientLid] : [key.senderPn, key.senderLid];
  const aliases = namesOf(chat, [fromMe && isOwnAlt(key) ? null : key.remoteJidAlt, ...others, key.previousRemoteJid]);
  return withUsername(aliases, key.remoteJidUsername);
}

/** Some gateways put our own other address where the chat's belongs: taken for the chat's it would join all our chats. */
function isOwnAlt(key: JsonObject): boolean {
  const alt = readJid(key.remoteJidAlt);
  const own = [key.participant, key.participantAlt, key.senderPn, key.senderLid];
  return alt !== null && own.some((raw) => readJid(raw)?.value === alt.value);
}

interface Whose {
  fromMe: boolean;
  isBroadcast: boolean;
}

function authorAliases(author: Jid | null, key: JsonObject, { fromMe, isBroadcast }: Whose): Alias[] {
  if (fromMe) return [];
  const others = [key.participantAlt, key.participantPn, key.participantLid, key.senderPn, key.senderLid];
  // The other address of a group is no person; that of a broadcast list is its author.
  if (isBroadcast) others.push(key.remoteJidAlt);
  return withUsername(namesOf(author, others), key.participantUsername);
}

/** Only the other side of the phone/lid pair counts: a second address of the same side could be somebody else. */
function namesOf(main: Jid | null, others: unknown[]): Alias[] {
  if (main !== null && !isPerson(main)) return [];
  let known = main;
  let aliases = main === null ? [] : aliasesOfJid(main);
  for (const raw of others) {
    if (raw === undefined || raw === null) continue;
    const other = readJid(raw);
    if (!isPerson(other) || other.kind === known?.kind) continue;
    aliases = other.kind === 'phone' ? [...aliasesOfJid(other), ...aliases] : [...aliases, ...aliasesOfJid(other)];
    if (known !== null) break;
    known = other;
  }
  return aliases;
}

function withUsername(aliases: Alias[], username: unknown): Alias[] {
  const name = idOf(username);
  return name === null || aliases.length === 0 ? aliases : [...aliases, { kind: 'username', value: name }];
}

// Which conversation an item belongs to, from its key and from what its envelope tells.
import type { Alias, CanonicalMessage, PayloadType } from '@recado/contracts';
import { mergeAliases } from '../aliases.js';
import { ignored, rejected, type Reading } from '../reading.js';
import { isPerson, reasonAgainst } from './jid.js';
import type { MessageKey } from './key.js';

export interface Place {
  chat: CanonicalMessage['chat'];
  /** Who wrote it inside a group; null in a 1:1 chat. */
  author: { aliases: Alias[] } | null;
  /** Names of the customer: of the chat's person, or of the author in a group. */
  aliases: Alias[];
}

interface Told {
  aliases: Alias[];
  isFromMe: boolean;
  payloadType: PayloadType;
}

/** The chat of a key, or the reading that says why there is none. */
export function placeOf(key: MessageKey, { aliases, isFromMe, payloadType }: Told): Place | Reading {
  const { chat } = key;
  if (chat?.kind === 'group') {
    const author = isFromMe ? [] : mergeAliases(key.participantAliases, aliases);
    return {
      chat: { kind: 'group', jid: chat.value, aliases: [] },
      author: { aliases: author },
      aliases: author,
    };
  }
  if (chat?.kind === 'broadcast' && !isFromMe && isPerson(key.participant)) {
    // A customer's broadcast list: for us it is a word of that customer.
    return person(key.participant.value, mergeAliases(key.participantAliases, aliases));
  }
  const reason = chat === null ? null : reasonAgainst(chat);
  if (reason !== null) return ignored(reason, payloadType, key.id);
  const merged = mergeAliases(key.chatAliases, aliases);
  if (merged.length === 0) {
    const issues = [{ path: 'contact.phone', message: 'neither a phone nor a chat address was given' }];
    return rejected('missing_chat', { payloadType, externalId: key.id, issues });
  }
  return person(chat?.value ?? merged.find((alias) => alias.kind === 'jid' || alias.kind === 'lid')?.value, merged);
}

export function isPlace(found: Place | Reading): found is Place {
  return 'chat' in found;
}

function person(jid: string | undefined, aliases: Alias[]): Place {
  return { chat: { kind: 'person', jid: jid ?? null, aliases }, author: null, aliases };
}

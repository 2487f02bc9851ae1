// `call`: the ringing of the phone. Only a call that nobody took leaves a line, the same as its stub message would.
import { firstName, flagOf, nameOf, type JsonObject } from '../json.js';
import { ignored, type Reading } from '../reading.js';
import { readMessage } from './message.js';
import type { Outer } from './outer.js';

const MISSED = { voice: 'CALL_MISSED_VOICE', video: 'CALL_MISSED_VIDEO' };
const MISSED_GROUP = { voice: 'CALL_MISSED_GROUP_VOICE', video: 'CALL_MISSED_GROUP_VIDEO' };

/** One `{id, from, chatId, callerPn, date, status, isVideo, isGroup}`. The stub message of the same call has the same id: one of them is a duplicate. */
export function readCall(raw: JsonObject, outer: Outer): Reading {
  const id = nameOf(raw.id);
  if (nameOf(raw.status)?.toLowerCase() !== 'timeout') return ignored('call', 'message', id);
  const isGroup = flagOf(raw.isGroup) === true;
  const medium = flagOf(raw.isVideo) === true ? 'video' : 'voice';
  const key = {
    id,
    fromMe: false,
    remoteJid: isGroup ? firstName(raw.groupJid, raw.chatId, raw.from) : firstName(raw.from, raw.chatId),
    ...(isGroup ? { participant: raw.from, participantAlt: raw.callerPn } : { remoteJidAlt: raw.callerPn }),
  };
  return readMessage(
    { key, messageTimestamp: raw.date, messageStubType: (isGroup ? MISSED_GROUP : MISSED)[medium] },
    outer,
  );
}

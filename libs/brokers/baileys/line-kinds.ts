// What stands in a conversation although nobody wrote it: missed calls, changes of a group, settings; and stand-ins for the unreadable.
import { countOf, cut, flagOf, nameOf, numberOf, objectOf, textOf, type JsonObject } from '../json.js';
import { ignore, type Action, type KindReader, type MessageBody } from './kind.js';
import { parsedText } from './parsed-text.js';
import { readStub } from './stub.js';

const MOST_PEOPLE = 64;
const LONGEST = 256;
const OUTCOMES = [
  'connected',
  'missed',
  'failed',
  'rejected',
  'accepted_elsewhere',
  'ongoing',
  'silenced_by_dnd',
  'silenced_unknown_caller',
];
/** Calls that somebody still waits to be answered. */
const UNANSWERED = new Set(['missed', 'silenced_by_dnd', 'silenced_unknown_caller']);

/** What a WAMessage without content says; null when its stub says nothing either. A revoke is the caller's: it needs the id. */
export function readLine(raw: JsonObject): MessageBody | Action | null {
  const stub = readStub(raw.messageStubType);
  switch (stub?.is) {
    case 'placeholder':
      return placeholder(isViewOnce(raw) ? 'view_once' : stub.reason);
    case 'call':
      return line('missed_call', { video: stub.video, group: stub.group });
    case 'group':
      return { ...line('group_change', { change: stub.change, parameters: words(raw) }), quiet: true };
    case 'identity':
      return { action: 'identity', others: addresses(raw), most: stub.most, orElse: 'system_message' };
    case 'system':
      return ignore('system_message');
    default:
      return isViewOnce(raw) ? placeholder('view_once') : null;
  }
}

/** The stand-in of what cannot be read here; content under the same id takes its place. */
export function placeholder(reason: string): MessageBody {
  return { type: 'UNSUPPORTED', placeholder: true, extra: { kind: 'placeholder', reason } };
}

/** `ephemeralExpiration` in seconds; 0 switches it off. */
export function ephemeralSetting(seconds: unknown): MessageBody {
  return { ...line('ephemeral_setting', { seconds: countOf(seconds) ?? 0 }), quiet: true };
}

function line(kind: string, more: Record<string, unknown>): MessageBody {
  return { type: 'SYSTEM', extra: { kind, ...more } };
}

function callLog(value: JsonObject): MessageBody {
  const told = nameOf(value.callOutcome)?.toLowerCase() ?? '0';
  const outcome = OUTCOMES[numberOf(told) ?? -1] ?? cut(told, 32);
  const seconds = countOf(value.durationSecs);
  const isMissed = UNANSWERED.has(outcome);
  const more = { video: value.isVideo === true, outcome, ...(seconds !== null && { durationSeconds: seconds }) };
  return { ...line(isMissed ? 'missed_call' : 'call', more), quiet: !isMissed };
}

/** The stanza told that a view-once message is for the phone alone. */
function isViewOnce(raw: JsonObject): boolean {
  return flagOf(objectOf(raw.key).isViewOnce) === true;
}

function parameters(raw: JsonObject): unknown[] {
  return Array.isArray(raw.messageStubParameters) ? raw.messageStubParameters.slice(0, MOST_PEOPLE) : [];
}

/** Participants are addresses in Baileys 6 and objects written as JSON in 7; other parameters are words. */
function words(raw: JsonObject): string[] {
  return parameters(raw)
    .map((told) => nameOf(parsed(told).id) ?? textOf(told))
    .filter((word) => word !== null)
    .map((word) => cut(word, LONGEST));
}

/** Each person's addresses, one list a person. */
function addresses(raw: JsonObject): unknown[][] {
  return parameters(raw).map((told) => {
    const { id, phoneNumber, lid } = parsed(told);
    return [told, id, phoneNumber, lid];
  });
}

function parsed(told: unknown): JsonObject {
  return typeof told === 'string' ? parsedText(told) : objectOf(told);
}

export const LINE_KINDS: [string, KindReader][] = [
  // The message is on the phone and is not told to linked devices.
  ['placeholderMessage', () => placeholder('linked_device')],
  ['callLogMesssage', callLog],
  ['callLogMessage', callLog],
  // A call that rings: the line comes when nobody took it.
  ['call', () => ignore('call')],
];

// `messageStubType`: what stands in a message's place when there is no content.

/** revoke: it was taken back; placeholder: it could not be read yet; call: a missed one; identity: two addresses of one person; group: a line of a group; system: nothing to show. */
export type Stub =
  | { is: 'revoke' | 'system' }
  | { is: 'placeholder'; reason: 'ciphertext' | 'oversized' }
  | { is: 'call'; video: boolean; group: boolean }
  | { is: 'identity'; most: number }
  | { is: 'group'; change: string };

const call = (video: boolean, group: boolean): Stub => ({ is: 'call', video, group });
const group = (change: string): Stub => ({ is: 'group', change });

/** By the numbers and names of the protocol's enum (brokers.md 1.8). Those that are not here are `system`. */
const STUBS: [number, string, Stub][] = [
  [1, 'REVOKE', { is: 'revoke' }],
  [2, 'CIPHERTEXT', { is: 'placeholder', reason: 'ciphertext' }],
  [20, 'GROUP_CREATE', group('create')],
  [21, 'GROUP_CHANGE_SUBJECT', group('subject')],
  [22, 'GROUP_CHANGE_ICON', group('icon')],
  [23, 'GROUP_CHANGE_INVITE_LINK', group('invite_link')],
  [24, 'GROUP_CHANGE_DESCRIPTION', group('description')],
  [25, 'GROUP_CHANGE_RESTRICT', group('restrict')],
  [26, 'GROUP_CHANGE_ANNOUNCE', group('announce')],
  [27, 'GROUP_PARTICIPANT_ADD', group('add')],
  [28, 'GROUP_PARTICIPANT_REMOVE', group('remove')],
  [29, 'GROUP_PARTICIPANT_PROMOTE', group('promote')],
  [30, 'GROUP_PARTICIPANT_DEMOTE', group('demote')],
  [31, 'GROUP_PARTICIPANT_INVITE', group('invite')],
  [32, 'GROUP_PARTICIPANT_LEAVE', group('leave')],
  // Several people may have changed theirs in one line: then nobody can say who is who.
  [33, 'GROUP_PARTICIPANT_CHANGE_NUMBER', { is: 'identity', most: 1 }],
  [40, 'CALL_MISSED_VOICE', call(false, false)],
  [41, 'CALL_MISSED_VIDEO', call(true, false)],
  [42, 'INDIVIDUAL_CHANGE_NUMBER', { is: 'identity', most: 2 }],
  [45, 'CALL_MISSED_GROUP_VOICE', call(false, true)],
  [46, 'CALL_MISSED_GROUP_VIDEO', call(true, true)],
  [68, 'OVERSIZED', { is: 'placeholder', reason: 'oversized' }],
  [132, 'ADMIN_REVOKE', { is: 'revoke' }],
  [213, 'CHANGE_LID', { is: 'identity', most: 2 }],
];
const BY_NAME = new Map(STUBS.flatMap(([number, name, stub]) => [[String(number), stub] as const, [name, stub]]));
const NONE = new Set(['', '0', 'UNKNOWN']);

/** Reads the stub type as number, numeric text or name; null when there is none. */
export function readStub(type: unknown): Stub | null {
  if (typeof type !== 'number' && typeof type !== 'string') return null;
  const name = String(type).trim().toUpperCase();
  return NONE.has(name) ? null : (BY_NAME.get(name) ?? { is: 'system' });
}

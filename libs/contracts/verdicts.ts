// The closed lists the ledger and the metrics speak: verdicts, reasons, payload types.

/** What became of one item of a delivery (DESIGN 2, `inbox_events`). */
export const VERDICTS = ['accepted', 'duplicate', 'ignored', 'rejected', 'parked'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Why. One closed set for ledger rows and metric labels alike; `ok` is the reason of a plain acceptance. */
export const REASONS = [
  'ok',
  'duplicate',
  // ignored
  'group',
  'status_broadcast',
  'broadcast_list',
  'newsletter',
  'not_a_customer',
  'system_message',
  'protocol_message',
  'no_content',
  'peer_message',
  'album_parent',
  // encrypted for the phone alone: what they say is not ours to read
  'poll_vote',
  'unreadable_edit',
  'unreadable_reaction',
  'unreadable_reply',
  'presence',
  'call',
  'chat_state',
  'status_regression',
  'no_status',
  'orphan',
  'unsupported_event',
  'own_number',
  // rejected
  'invalid_contract',
  'missing_id',
  'missing_chat',
  'instance_mismatch',
  // parked
  'parked_early_status',
  'parked_early_edit',
  'parked_early_reaction',
  'parked_early_revoke',
  'parked_unknown_instance',
  'parked_poison',
] as const;
export type Reason = (typeof REASONS)[number];

/** What an item is, as far as it could be read. The metric label `payload_type` and the ledger's `kind`. */
export const PAYLOAD_TYPES = [
  'message',
  'echo',
  'status',
  'edit',
  'revoke',
  'reaction',
  'contact',
  'identity',
  'instance',
  'unknown',
] as const;
export type PayloadType = (typeof PAYLOAD_TYPES)[number];

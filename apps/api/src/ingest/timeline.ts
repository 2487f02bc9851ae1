// The timeline merge (DESIGN 2): minimum, maximum and a count of distinct messages, so that order and replay cannot change it.
import type { TicketRow } from '../db/sql/rows.js';
import { previewOf } from './preview.js';
import type { MessageType } from '@recado/contracts';

/** What a message means to its ticket. `isLive` inbound messages are unread. */
export interface TimelineMessage {
  id: string;
  direction: 'INBOUND' | 'OUTBOUND';
  occurredAt: Date;
  isLive: boolean;
  type: MessageType;
  content: string | null;
  caption: string | null;
  /** Only its `kind` is looked at. */
  extra: Record<string, unknown>;
}

/** Whether a message is a line nobody waits for: a setting, a change of a group, a call that was taken. A missed call is news. */
export function isQuietLine({ type, extra }: { type: MessageType; extra: Record<string, unknown> }): boolean {
  return type === 'SYSTEM' && extra.kind !== 'missed_call';
}

/**
 * Counts one distinct message into the ticket, in place. A quiet line is not counted, and is the ticket's last only as long as there is
 * nothing else. An older message never moves the preview back.
 */
export function countMessage(ticket: TicketRow, message: TimelineMessage): void {
  const at = message.occurredAt;
  const isQuiet = isQuietLine(message);
  const hasCounted = ticket.inCount + ticket.outCount > 0;
  if (isQuiet) {
    if (hasCounted) return;
  } else if (message.direction === 'INBOUND') {
    ticket.firstIn = earlier(ticket.firstIn, at);
    ticket.lastIn = later(ticket.lastIn, at);
    ticket.inCount += 1;
    if (message.isLive) ticket.unread += 1;
  } else {
    ticket.firstOut = earlier(ticket.firstOut, at);
    ticket.lastOut = later(ticket.lastOut, at);
    ticket.outCount += 1;
  }
  if ((!isQuiet && !hasCounted) || isNewest(ticket, at, message.id)) {
    ticket.lastMessageAt = at;
    ticket.lastMessageId = message.id;
    ticket.preview = previewOf(message);
  }
}

/** Messages are ordered by time, and within one instant by id, which follows the order of arrival. */
function isNewest(ticket: TicketRow, at: Date, id: string): boolean {
  if (ticket.lastMessageAt === null) return true;
  const later = at.getTime() - ticket.lastMessageAt.getTime();
  return later > 0 || (later === 0 && id > (ticket.lastMessageId ?? ''));
}

function earlier(a: Date | null, b: Date): Date {
  return a === null || b < a ? b : a;
}

function later(a: Date | null, b: Date): Date {
  return a === null || b > a ? b : a;
}

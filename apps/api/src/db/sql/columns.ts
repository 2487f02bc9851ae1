// Select lists that give rows in the camel case of rows.ts.
import type { ContactRow, MessageRow, TicketRow } from './rows.js';

/** `t.in_count as "inCount", …` for the keys of a row type. */
function selectList<Row>(keys: readonly (keyof Row & string)[]): (alias: string) => string {
  return (alias) => keys.map((key) => `${alias}.${snake(key)} as "${key}"`).join(', ');
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Makes rows of arrays (`rowMode: 'array'`, the columns in the order of the template's keys), for wide rows on the hot path:
 * node-postgres adds a row's keys one by one, and an object that grew so far is a dictionary, forty times as slow to copy.
 */
export function rowReader<Row extends object>(template: Row): (values: unknown[]) => Row {
  const keys = Object.keys(template);
  return (values) => {
    const row = { ...template } as unknown as Record<string, unknown>;
    for (let n = 0; n < keys.length; n++) row[keys[n] ?? ''] = values[n];
    return row as unknown as Row;
  };
}

/** The columns of a whole `TicketRow`, in the order of its select list. */
export const TICKET_KEYS = [
  'tenantId',
  'id',
  'instanceId',
  'chat',
  'contactId',
  'queueId',
  'assigneeId',
  'status',
  'isHistory',
  'mergedInto',
  'firstIn',
  'lastIn',
  'firstOut',
  'lastOut',
  'inCount',
  'outCount',
  'unread',
  'lastMessageAt',
  'lastMessageId',
  'preview',
  'resolvedAt',
  'closedAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof TicketRow)[];

/** Select list of a whole `TicketRow`; the argument is the table's alias. */
export const ticketColumns = selectList<TicketRow>(TICKET_KEYS);

/** Select list of a whole `MessageRow`. */
export const messageColumns = selectList<MessageRow>([
  'tenantId',
  'id',
  'ticketId',
  'instanceId',
  'chat',
  'direction',
  'externalId',
  'aliasId',
  'authorContactId',
  'type',
  'content',
  'caption',
  'status',
  'pendingAt',
  'sentAt',
  'deliveredAt',
  'readAt',
  'playedAt',
  'failedAt',
  'failure',
  'brokerAt',
  'occurredAt',
  'receivedAt',
  'placeholder',
  'quotedExternalId',
  'reactions',
  'editedAt',
  'editActionId',
  'revokedAt',
  'clientRef',
  'retryOf',
  'media',
  'metadata',
  'traceId',
]);

/** Select list of a whole `ContactRow`. */
export const contactColumns = selectList<ContactRow>([
  'tenantId',
  'id',
  'kind',
  'name',
  'nameAt',
  'pushName',
  'phone',
  'document',
  'registrations',
  'avatarUrl',
  'avatarAt',
  'metadata',
  'mergedInto',
  'createdAt',
  'updatedAt',
]);

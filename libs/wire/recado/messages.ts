// What a Recado client may send, as schemas. Ids come bare or in an object, as the real clients send them.
import { z } from 'zod';

const name = z.string().min(1).max(200);
const ticketId = z.uuid();

/** `join-tenant`: `"demo"` or `{tenantId: "demo"}`. */
export const JoinTenantSchema = z.union([name, z.looseObject({ tenantId: name }).transform((body) => body.tenantId)]);

/** `join-user`: `"agent-1"` or `{userId: "agent-1"}`. */
export const JoinUserSchema = z.union([name, z.looseObject({ userId: name }).transform((body) => body.userId)]);

/** `join-ticket`, `leave-ticket`: a ticket id or `{ticketId}`; lower case, as ids are made. */
export const TicketRefSchema = z
  .union([ticketId, z.looseObject({ ticketId }).transform((body) => body.ticketId)])
  .transform((id) => id.toLowerCase());

/** `ticket:typing`: a ticket and whatever the screens agreed on beside it. */
export const TypingSchema = z.looseObject({ ticketId: ticketId.transform((id) => id.toLowerCase()) });

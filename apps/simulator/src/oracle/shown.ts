// Messages as the service shows them, on REST and on sockets: only what the oracle looks at.
import { z } from 'zod';
import { hashContent } from '../content.js';
import { StatusSchema } from '../facts.js';

const count = z.number().nullable();

/** A message of the Recado contract (DESIGN 10), read loosely. */
export const ShownMessageSchema = z.object({
  id: z.string(),
  externalId: z.string(),
  direction: z.enum(['INBOUND', 'OUTBOUND']),
  type: z.string(),
  content: z.string().nullable(),
  caption: z.string().nullable(),
  status: StatusSchema,
  createdAt: z.string(),
  media: z
    .object({
      mimeType: z.string().nullable(),
      fileName: z.string().nullable(),
      size: count,
      width: count,
      height: count,
      durationSeconds: count,
      voice: z.boolean(),
      waveform: z.string().nullable(),
      thumbnail: z.string().nullable(),
    })
    .nullable(),
  quotedMessageId: z.string().nullable(),
  reactions: z.array(z.object({ author: z.string(), emoji: z.string() })),
  revokedAt: z.string().nullable(),
  metadata: z.object({
    location: z
      .object({
        latitude: z.number(),
        longitude: z.number(),
        name: z.string().nullish().default(null),
        address: z.string().nullish().default(null),
      })
      .nullable(),
    contacts: z.array(z.object({ name: z.string().nullable(), phones: z.array(z.string()) })).nullable(),
  }),
});

/** Who a ticket is with. Phone and name are null where nobody has told them, and for groups. */
export const ShownContactSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
});
export type ShownContact = z.infer<typeof ShownContactSchema>;

/** Where a message is shown: in whose ticket, and at what time (epoch ms). */
export interface ShownPlace {
  contact: ShownContact;
  at: number;
}

/** What counts of a stored message. */
export interface StoredMessage extends ShownPlace {
  tenantId: string;
  /** Its own id. */
  messageId: string;
  /** The broker's id. */
  id: string;
  direction: 'INBOUND' | 'OUTBOUND';
  status: z.infer<typeof StatusSchema>;
  hash: string;
  isRevoked: boolean;
  /** Whether anything of its content is still shown. */
  isBlank: boolean;
  reactions: { by: 'me' | 'them'; emoji: string }[];
}

/** The message reduced to what is compared, as it is shown in the ticket with that contact. */
export function storedMessage(
  tenantId: string,
  shown: z.infer<typeof ShownMessageSchema>,
  contact: ShownContact,
): StoredMessage {
  const { type, content, caption, media, quotedMessageId, metadata } = shown;
  const { location, contacts } = metadata;
  const place = location && { ...location, name: location.name ?? null, address: location.address ?? null };
  return {
    tenantId,
    messageId: shown.id,
    id: shown.externalId,
    direction: shown.direction,
    status: shown.status,
    contact,
    at: Date.parse(shown.createdAt),
    hash: hashContent({ type, content, caption, media, location: place, contacts, quotedId: quotedMessageId }),
    isRevoked: shown.revokedAt !== null,
    isBlank: content === null && caption === null && media === null && location === null && contacts === null,
    reactions: shown.reactions.map(({ author, emoji }) => ({ by: author === 'me' ? 'me' : 'them', emoji })),
  };
}

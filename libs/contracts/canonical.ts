// The canonical events: what every broker adapter produces and ingest consumes. The narrow waist of the service.
import { z } from 'zod';

/** A name a person or a group goes by. `value` is the spelling as received; ingest makes the match key. */
export const AliasSchema = z.object({
  kind: z.enum(['phone', 'jid', 'lid', 'bsuid', 'username']),
  value: z.string(),
});
export type Alias = z.infer<typeof AliasSchema>;

/** The six contact attributes of whatsapp-broker, "Contact attributes downstream", all nullable; the rest under `metadata`. */
export const ContactAttributesSchema = z.object({
  phone: z.string().nullable(),
  name: z.string().nullable(),
  document: z.string().nullable(),
  registrations: z.array(z.string()).nullable(),
  avatarUrl: z.string().nullable(),
  pushName: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
});
export type ContactAttributes = z.infer<typeof ContactAttributesSchema>;

/** Message kinds as stored and shown; `SYSTEM` is a line nobody wrote (a missed call, a setting), named by `extra.kind`; `UNSUPPORTED` keeps raw so that it can be parsed again later. */
export const MESSAGE_TYPES = [
  'TEXT',
  'IMAGE',
  'VIDEO',
  'AUDIO',
  'DOCUMENT',
  'STICKER',
  'LOCATION',
  'CONTACTS',
  'POLL',
  'INTERACTIVE',
  'TEMPLATE',
  'ORDER',
  'SYSTEM',
  'UNSUPPORTED',
] as const;
export const MessageTypeSchema = z.enum(MESSAGE_TYPES);
export type MessageType = z.infer<typeof MessageTypeSchema>;

/** What is known of a message's media. Sizes in bytes, durations in seconds, hashes and thumbnail in base64. */
export const CanonicalMediaSchema = z.object({
  kind: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
  mimeType: z.string().nullable(),
  fileName: z.string().nullable(),
  size: z.number().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  durationSeconds: z.number().nullable(),
  voice: z.boolean(),
  waveform: z.string().nullable(),
  thumbnail: z.string().nullable(),
  /** How to fetch it later (media lane): never stored in clear, never shown. */
  source: z
    .object({
      url: z.string().nullable(),
      directPath: z.string().nullable(),
      mediaKey: z.string().nullable(),
      fileSha256: z.string().nullable(),
      fileEncSha256: z.string().nullable(),
      id: z.string().nullable(),
    })
    .nullable(),
});
export type CanonicalMedia = z.infer<typeof CanonicalMediaSchema>;

/** A place. Degrees; 0 is a coordinate like any other. */
export const LocationSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().nullish(),
  address: z.string().nullish(),
});
export type Location = z.infer<typeof LocationSchema>;

/** A shared contact card: `vcard` as received, telephone numbers read out of it. */
export const ContactCardSchema = z.object({
  name: z.string().nullable(),
  phones: z.array(z.string()),
  vcard: z.string().nullish(),
});
export type ContactCard = z.infer<typeof ContactCardSchema>;

const base = {
  /** Canonical UTC instant (`…Z`, ms) the broker gave for this fact, or null when it gave none that makes sense. */
  at: z.string().nullable(),
  /** The broker's own spelling of the time when `at` is null although something was sent. */
  atRaw: z.unknown().optional(),
  /** The broker product named in the payload (`baileys`, …), else the adapter's kind. */
  broker: z.string(),
  /** The broker's own cursor, an opaque string. */
  cursor: z.string().nullable().optional(),
};
const chat = {
  chat: z.object({
    kind: z.enum(['person', 'group']),
    /** The address of the chat as received; always present for a group. */
    jid: z.string().nullable(),
    /** Names of the person of a 1:1 chat; empty for a group. */
    aliases: z.array(AliasSchema),
  }),
};
/** A change points at its message by id; its chat is given when the broker told it. */
const target = {
  targetId: z.string(),
  ...chat,
  /** The target's direction from our point of view, when the broker told it. */
  targetDirection: z.enum(['INBOUND', 'OUTBOUND']).nullable(),
};

export const CanonicalMessageSchema = z.object({
  kind: z.literal('message'),
  ...base,
  ...chat,
  externalId: z.string(),
  direction: z.enum(['INBOUND', 'OUTBOUND']),
  /** live: from now; append: delivered late but real; history: a backfill, opens nothing and raises no unread. */
  origin: z.enum(['live', 'append', 'history']),
  /** The person of a 1:1 chat, or the author inside a group. */
  contact: ContactAttributesSchema,
  /** Who wrote it inside a group; null in a 1:1 chat. */
  author: z.object({ aliases: z.array(AliasSchema) }).nullable(),
  type: MessageTypeSchema,
  /** Text beside the media, or the text itself. */
  content: z.string().nullable(),
  /** The media's own caption. */
  caption: z.string().nullable(),
  media: CanonicalMediaSchema.nullable(),
  location: LocationSchema.nullable(),
  contacts: z.array(ContactCardSchema).nullable(),
  quotedId: z.string().nullable(),
  /** An undecryptable stand-in that a later delivery of the same id replaces. */
  placeholder: z.boolean(),
  /** Anything else worth showing: kind label, flags (viewOnce, ephemeral, forwarded), list or button ids. */
  extra: z.record(z.string(), z.unknown()),
});
export type CanonicalMessage = z.infer<typeof CanonicalMessageSchema>;

/** The status lattice of DESIGN 2, lowest first; FAILED stands outside of the order. */
export const STATUSES = ['PENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'READ', 'PLAYED', 'FAILED'] as const;
export const MessageStatusSchema = z.enum(STATUSES);
export type MessageStatus = z.infer<typeof MessageStatusSchema>;

export const CanonicalStatusSchema = z.object({
  kind: z.literal('status'),
  ...base,
  ...target,
  status: MessageStatusSchema,
  /** Failure detail as the broker told it. */
  failure: z.string().nullable(),
});
export const CanonicalEditSchema = z.object({
  kind: z.literal('edit'),
  ...base,
  ...target,
  /** Id of the edit action itself. */
  actionId: z.string(),
  content: z.string().nullable(),
  caption: z.string().nullable(),
});
export const CanonicalRevokeSchema = z.object({
  kind: z.literal('revoke'),
  ...base,
  ...target,
  actionId: z.string(),
});
export const CanonicalReactionSchema = z.object({
  kind: z.literal('reaction'),
  ...base,
  ...target,
  /** Stable name of who reacted: `me`, or a jid or phone as received. */
  author: z.string(),
  /** The emoji; '' takes the reaction back. */
  emoji: z.string(),
});
/** News about a person, or evidence that two aliases are one. */
export const CanonicalContactSchema = z.object({
  kind: z.literal('contact'),
  ...base,
  ...chat,
  contact: ContactAttributesSchema,
});
/** The broker connection's own state. */
export const CanonicalInstanceSchema = z.object({
  kind: z.literal('instance'),
  ...base,
  state: z.enum(['connected', 'connecting', 'disconnected', 'qr']),
  detail: z.string().nullable(),
  qr: z.string().nullable(),
});

export const CanonicalEventSchema = z.discriminatedUnion('kind', [
  CanonicalMessageSchema,
  CanonicalStatusSchema,
  CanonicalEditSchema,
  CanonicalRevokeSchema,
  CanonicalReactionSchema,
  CanonicalContactSchema,
  CanonicalInstanceSchema,
]);
export type CanonicalStatus = z.infer<typeof CanonicalStatusSchema>;
export type CanonicalEdit = z.infer<typeof CanonicalEditSchema>;
export type CanonicalRevoke = z.infer<typeof CanonicalRevokeSchema>;
export type CanonicalReaction = z.infer<typeof CanonicalReactionSchema>;
export type CanonicalContact = z.infer<typeof CanonicalContactSchema>;
export type CanonicalInstance = z.infer<typeof CanonicalInstanceSchema>;
export type CanonicalEvent = z.infer<typeof CanonicalEventSchema>;
/** A change to a message that may come before the message itself. */
export type CanonicalChange = CanonicalStatus | CanonicalEdit | CanonicalRevoke | CanonicalReaction;

// What we send to brokers and what they answer: whatsapp-broker, "Outbound Contract".
import { z } from 'zod';
import { LocationSchema } from './canonical.js';

/** whatsapp-broker, "Allowed Types", and the two more that DESIGN 6 carries. */
export const OUTBOUND_TYPES = [
  'text',
  'image',
  'video',
  'document',
  'audio',
  'location',
  'template',
  'contacts',
  'reaction',
] as const;
export const OutboundTypeSchema = z.enum(OUTBOUND_TYPES);
export type OutboundType = z.infer<typeof OutboundTypeSchema>;

/** A file to send: an upload of ours or a public http(s) URL. Size in bytes. */
export const OutboundMediaSchema = z
  .object({
    uploadId: z.string().min(1).optional(),
    url: z.url({ protocol: /^https?$/ }).optional(),
    mimetype: z.string().min(1).optional(),
    fileName: z.string().min(1).optional(),
    size: z.int().nonnegative().optional(),
  })
  .refine((media) => media.uploadId !== undefined || media.url !== undefined, {
    message: 'media needs an uploadId or a url',
    path: ['url'],
  });

export const OutboundTemplateSchema = z.object({
  name: z.string().min(1),
  language: z.string().min(1),
  components: z.array(z.record(z.string(), z.unknown())).optional(),
});

const payload = {
  type: OutboundTypeSchema.default('text'),
  /** The text; WhatsApp takes 65,536 characters. */
  content: z.string().max(65_536).optional(),
  caption: z.string().max(65_536).optional(),
  media: OutboundMediaSchema.optional(),
  location: LocationSchema.optional(),
  template: OutboundTemplateSchema.optional(),
  contacts: z
    .array(z.object({ name: z.string().min(1), phones: z.array(z.string().min(1)).min(1) }))
    .min(1)
    .optional(),
  /** The emoji of a reaction to `targetMessageId`; '' takes it back. */
  reaction: z.object({ targetMessageId: z.string().min(1), emoji: z.string() }).optional(),
  quotedMessageId: z.string().min(1).optional(),
  previewUrl: z.boolean().optional(),
};
const address = {
  sessionId: z.string().min(1).optional(),
  instanceId: z.string().min(1).optional(),
  to: z.string().trim().min(1),
};

/** The part that each type cannot do without. */
const NEEDED = {
  text: 'content',
  image: 'media',
  video: 'media',
  document: 'media',
  audio: 'media',
  location: 'location',
  template: 'template',
  contacts: 'contacts',
  reaction: 'reaction',
} as const satisfies Record<OutboundType, string>;

/** A message without its address: what an agent posts (DESIGN 6). */
export const BrokerOutboundPayloadSchema = z.object(payload).superRefine(checkNeededPart);
export type BrokerOutboundPayload = z.infer<typeof BrokerOutboundPayloadSchema>;

/** A message with its address. `sessionId` and `instanceId` are two spellings of one name; both come out, equal. */
export const BrokerOutboundMessageSchema = z
  .object({ ...address, ...payload })
  .superRefine(checkNeededPart)
  .superRefine(checkInstance)
  .transform((message) => {
    const instanceId = message.instanceId ?? message.sessionId ?? '';
    return { ...message, instanceId, sessionId: instanceId };
  });
export type BrokerOutboundMessage = z.infer<typeof BrokerOutboundMessageSchema>;

function checkNeededPart(message: Partial<BrokerOutboundPayload>, check: z.RefinementCtx): void {
  const type = message.type ?? 'text';
  const part = NEEDED[type];
  const value = message[part];
  const isThere = typeof value === 'string' ? value.trim() !== '' : value !== undefined;
  if (!isThere) check.addIssue({ code: 'custom', path: [part], message: `${part} is required for type ${type}` });
}

function checkInstance(message: { sessionId?: string; instanceId?: string }, check: z.RefinementCtx): void {
  const { sessionId, instanceId } = message;
  if (sessionId === undefined && instanceId === undefined) {
    check.addIssue({ code: 'custom', path: ['instanceId'], message: 'instanceId or sessionId is required' });
  } else if (sessionId !== undefined && instanceId !== undefined && sessionId !== instanceId) {
    check.addIssue({ code: 'custom', path: ['sessionId'], message: 'sessionId and instanceId must be the same' });
  }
}

const ID_KEYS = ['externalId', 'id', 'messageId', 'message_id'] as const;
const HIDING_PLACES = ['data', 'result', 'payload', 'message', 'response'] as const;
const DEEPEST_ANSWER = 4;

/** A broker's answer to a send. `externalId` is null when the answer hides none: the outcome is then unknown. */
export const BrokerOutboundResponseSchema = z.record(z.string(), z.unknown()).transform((raw) => {
  const answer = findAnswer(raw, DEEPEST_ANSWER);
  const status = textOf(answer?.holder.status) ?? textOf(raw.status);
  return { externalId: answer?.id ?? null, ...(status === null ? {} : { status }), raw };
});
export type BrokerOutboundResponse = z.infer<typeof BrokerOutboundResponseSchema>;

interface Answer {
  id: string;
  holder: Record<string, unknown>;
}

function findAnswer(value: unknown, depth: number): Answer | null {
  const holder: unknown = Array.isArray(value) ? value[0] : value;
  if (depth === 0 || !isRecord(holder)) return null;
  for (const key of ID_KEYS) {
    const id = textOf(holder[key]);
    if (id !== null) return { id, holder };
  }
  for (const place of HIDING_PLACES) {
    const found = findAnswer(holder[place], depth - 1);
    if (found !== null) return found;
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

// What brokers post: the queue envelope and the webhook form of whatsapp-broker, "Inbound Contract".
import { z } from 'zod';
import type { ContactAttributes } from './canonical.js';
import { normaliseTimestamp } from './timestamps.js';

/** A JSON object of any content. Never copied and never walked: a raw message may be large. */
export const JsonObjectSchema = z
  .custom<Record<string, unknown>>(isJsonObject, 'must be a JSON object')
  // What generators of documents write for it.
  .meta({ override: { type: 'object', additionalProperties: true } });

/** Any spelling of an instant; read as ISO UTC, or null when missing or nonsense. */
export const BrokerTimestampSchema = z.unknown().optional().transform(normaliseTimestamp);

/** Brokers name things by strings, some by numbers. */
const name = z.union([z.string().trim().min(1), z.number().transform(String)]);

/** A contact as brokers send it: one bad field drops only itself, unknown keys move under `metadata`. */
export const BrokerContactSchema = JsonObjectSchema.transform(readContactAttributes);

/** Queue envelope. Required: `id`, `type`, `instanceId`, `payload` with `contact`, `message`, `metadata`. */
export const BrokerInboundEventSchema = z.looseObject({
  id: name,
  type: z.literal('MESSAGE_INBOUND'),
  instanceId: name,
  timestamp: BrokerTimestampSchema,
  /** The broker's own position, opaque. */
  cursor: z.union([z.string(), z.number().transform(String)]).nullish(),
  payload: z.looseObject({
    instanceId: name.nullish().catch(null),
    timestamp: BrokerTimestampSchema,
    contact: BrokerContactSchema,
    message: JsonObjectSchema,
    metadata: JsonObjectSchema,
  }),
});
export type BrokerInboundEvent = z.infer<typeof BrokerInboundEventSchema>;

/** Webhook form: `from` is the contact, `message` may bring its own `id`, `direction` says which way it went. */
export const BrokerWebhookInboundSchema = z.looseObject({
  event: z.literal('message'),
  direction: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['inbound', 'outbound']))
    .default('inbound'),
  instanceId: name,
  timestamp: BrokerTimestampSchema,
  cursor: z.union([z.string(), z.number().transform(String)]).nullish(),
  from: BrokerContactSchema,
  message: JsonObjectSchema,
  metadata: JsonObjectSchema.default({}),
});
export type BrokerWebhookInbound = z.infer<typeof BrokerWebhookInboundSchema>;

/** Far more than any broker tells of somebody; the raw keeps the rest. */
const MOST_KEYS = 200;

const ATTRIBUTES = new Set([
  'phone',
  'name',
  'document',
  'registrations',
  'avatarUrl',
  'pushName',
  'metadata',
  '__proto__',
]);

/** The six attributes of a contact object, each null when missing or unusable; every other key, up to 200, under `metadata`. */
export function readContactAttributes(contact: Record<string, unknown>): ContactAttributes {
  const metadata: Record<string, unknown> = {};
  const told = isJsonObject(contact.metadata) ? contact.metadata : {};
  for (const key of Object.keys(told).slice(0, MOST_KEYS)) if (key !== '__proto__') metadata[key] = told[key];
  const own = Object.keys(contact).filter((key) => !ATTRIBUTES.has(key));
  for (const key of own.slice(0, MOST_KEYS)) metadata[key] = contact[key];
  return {
    phone: textOrNull(contact.phone),
    name: textOrNull(contact.name),
    document: textOrNull(contact.document),
    registrations: textsOrNull(contact.registrations),
    avatarUrl: textOrNull(contact.avatarUrl),
    pushName: textOrNull(contact.pushName),
    metadata,
  };
}

function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOrNull(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

function textsOrNull(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  return value.map(textOrNull).filter((text) => text !== null);
}

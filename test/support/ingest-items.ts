// Canonical items for tests of ingest: messages and changes, with the names of a person chosen one by one.
import { createHash } from 'node:crypto';
import type { CanonicalChange, CanonicalMessage, MessageStatus } from '@recado/contracts';
import type { DeliveryItem } from '@recado/brokers';
import type { Delivery } from '../../apps/api/dist/ingest/ingest.js';

type Alias = CanonicalMessage['chat']['aliases'][number];

/** The names of the n-th person: any of them alone, or several at once. */
export type Names = 'phone' | 'jid' | 'lid' | 'jid+lid' | 'phone+jid';

/** The n-th person under some of its names. */
export function person(n: number, names: Names = 'phone'): Alias[] {
  const digits = `55119${String(60_000_000 + n)}`;
  const spelled: Record<string, Alias> = {
    phone: { kind: 'phone', value: `+${digits}` },
    jid: { kind: 'jid', value: `${digits}@s.whatsapp.net` },
    lid: { kind: 'lid', value: `${String(880_000_000_000 + n)}@lid` },
  };
  return names.split('+').flatMap((name) => spelled[name] ?? []);
}

/** Noon of a day in the past plus so many seconds: recent enough to be live. */
export function instant(seconds: number): string {
  return new Date(START + seconds * 1_000).toISOString();
}
const START = Date.now() - 6 * 3_600_000;

const NOBODY = {
  phone: null,
  name: null,
  document: null,
  registrations: null,
  avatarUrl: null,
  pushName: null,
  metadata: {},
};

interface MessageOf {
  id: string;
  from: Alias[];
  at?: string | null;
  direction?: 'INBOUND' | 'OUTBOUND';
  text?: string;
  name?: string | null;
}

/** A text message. */
export function message({ id, from, at = instant(0), direction = 'INBOUND', text = id, name = null }: MessageOf) {
  return item({
    kind: 'message',
    at,
    broker: 'test',
    cursor: null,
    chat: { kind: 'person', jid: null, aliases: from },
    externalId: id,
    direction,
    origin: 'live',
    contact: { ...NOBODY, name },
    author: null,
    type: 'TEXT',
    content: text,
    caption: null,
    media: null,
    location: null,
    contacts: null,
    quotedId: null,
    placeholder: false,
    extra: {},
  });
}

interface ChangeOf {
  id: string;
  from?: Alias[];
  at?: string | null;
  direction?: 'INBOUND' | 'OUTBOUND' | null;
}

function target({ id, from = [], at = instant(1), direction = null }: ChangeOf) {
  return {
    at,
    broker: 'test',
    cursor: null,
    chat: { kind: 'person' as const, jid: null, aliases: from },
    targetId: id,
    targetDirection: direction,
  };
}

/** A receipt of a message. */
export function status({
  status,
  failure = null,
  ...of
}: ChangeOf & { status: MessageStatus; failure?: string | null }) {
  return item({ kind: 'status', ...target(of), status, failure });
}

/** An edit; its action id is its text unless given. */
export function edit({ text, actionId = text, ...of }: ChangeOf & { text: string; actionId?: string }) {
  return item({ kind: 'edit', ...target(of), actionId, content: text, caption: null });
}

export function revoke({ actionId = 'revoke', ...of }: ChangeOf & { actionId?: string }) {
  return item({ kind: 'revoke', ...target(of), actionId });
}

export function reaction({ author = 'somebody', emoji, ...of }: ChangeOf & { author?: string; emoji: string }) {
  return item({ kind: 'reaction', ...target(of), author, emoji });
}

function item(event: CanonicalMessage | CanonicalChange): DeliveryItem {
  return { instanceId: null, raw: { kind: event.kind }, event };
}

/** Where a delivery goes; `raw` stands for its body, which otherwise follows from the items. */
interface DeliveryOf {
  tenantId?: string;
  instanceId?: string;
  raw?: Buffer;
}

/** A delivery of the items as a door hands it over. */
export function delivery(items: DeliveryItem[], of: DeliveryOf = {}): Delivery {
  const { tenantId = 't1' } = of;
  const raw = of.raw ?? Buffer.from(JSON.stringify(items.map((item) => item.raw)));
  return {
    tenantId,
    instanceId: of.instanceId ?? `${tenantId}-a`,
    groupPolicy: 'ignore',
    transport: 'webhook',
    sha256: createHash('sha256').update(raw).digest(),
    raw,
    items,
    traceId: 'trace',
    receivedAt: new Date(),
  };
}

/** The same items in another order, by a seed. */
export function shuffled<T>(items: T[], seed: number): T[] {
  let state = seed;
  const out = [...items];
  for (let left = out.length - 1; left > 0; left -= 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const place = (state >> 8) % (left + 1);
    [out[left], out[place]] = [out[place] as T, out[left] as T];
  }
  return out;
}

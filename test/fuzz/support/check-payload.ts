// What must hold for any bytes at all: the pure half of ingest, from the guards to the work of a batch.
import { canonical } from '../../../libs/brokers/dist/canonical/canonical.js';
import { CanonicalEventSchema, PAYLOAD_TYPES, REASONS } from '@recado/contracts';
import { RecadoError } from '../../../apps/api/dist/errors.js';
import { parseJson } from '../../../apps/api/dist/http/parse-json.js';
import { mayHoldSecrets, mayNeedRepair, redact, repair } from '../../../apps/api/dist/ingest/scrub.js';
import { toWork } from '../../../apps/api/dist/ingest/work.js';

const UNSTORABLE = /[\0\p{Surrogate}]/u;
const RECEIVED_AT = new Date('2026-01-01T00:00:00.000Z');
const MOST_ITEMS = 20_000;
const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).join();

/** Throws an Error that says which rule the bytes broke. Returns how many items they held; 0 when they were refused as they may be. */
export function checkPayload(bytes: Buffer): number {
  const body = read(bytes);
  if (body === REFUSED) return 0;
  let count = 0;
  for (const item of canonical.parse(body, { instanceId: 'demo' })) {
    count += 1;
    assert(count <= MOST_ITEMS, 'the items end');
    if ('event' in item) {
      const parsed = CanonicalEventSchema.safeParse(item.event);
      assert(parsed.success, `the event fits its schema: ${JSON.stringify(parsed.error?.issues.slice(0, 3))}`);
      assert(!hasUnstorable(item.event), 'the event holds nothing that PostgreSQL refuses');
      const written = JSON.stringify(item.event);
      assert(JSON.stringify(JSON.parse(written)) === written, 'the event survives JSON');
    } else {
      assert(REASONS.includes(item.reason), `the reason ${item.reason} is of the closed list`);
      assert(PAYLOAD_TYPES.includes(item.payloadType), `the kind ${item.payloadType} is of the closed list`);
      assert(item.verdict === 'ignored' || item.verdict === 'rejected', 'what is no event has a verdict');
    }
    const delivery = { ...DELIVERY, items: [item] };
    const work = toWork(delivery, item, 0, null);
    assert(
      (work.kind === 'settled') === (work.outcome !== null),
      'what is settled has its outcome, the rest awaits it',
    );
    assert((work.externalId ?? '').length <= 512, 'the id fits the index');
    if (work.kind === 'message') assert(!Number.isNaN(work.occurredAt.getTime()), 'a message has its instant');
  }
  assert(Object.getOwnPropertyNames(Object.prototype).join() === PROTOTYPE, 'no prototype is polluted');
  return count;
}

const DELIVERY = {
  tenantId: 'demo',
  instanceId: 'demo',
  groupPolicy: 'accept' as const,
  transport: 'webhook' as const,
  sha256: Buffer.alloc(32),
  raw: Buffer.alloc(0),
  traceId: 'trace',
  receivedAt: RECEIVED_AT,
  id: '00000000-0000-7000-8000-000000000000',
  day: '2026-01-01',
  written: false,
};

const REFUSED = Symbol('refused');

function read(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  let parsed: unknown;
  try {
    parsed = parseJson(bytes, text);
  } catch (error) {
    const isPlain = error instanceof RecadoError && ['BODY_INVALID', 'BODY_TOO_DEEP'].includes(error.code);
    if (!isPlain) throw error;
    return REFUSED;
  }
  const body = mayNeedRepair(text) ? repair(parsed) : parsed;
  assert(!hasUnstorable(body), 'the repair leaves nothing that PostgreSQL refuses');
  const redacted = JSON.stringify(redact(body));
  assert(!/"(?:apikey|token|jwt_key|mediaKey)":(?!null)/i.test(redacted), 'no secret is kept');
  if (!mayHoldSecrets(text)) assert(redacted === JSON.stringify(body), 'where no secret is suspected none is');
  return body;
}

function hasUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, child]) => UNSTORABLE.test(key) || hasUnstorable(child));
}

function assert(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`it does not hold that ${rule}`);
}

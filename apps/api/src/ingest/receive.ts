// One delivery, whatever door it came through: split by instance, stripped of secrets, submitted, counted.
import { hash } from 'node:crypto';
import type { DeliveryItem } from '@recado/brokers';
import type { Database } from '../db/database.js';
import type { ErrorDetail } from '../errors.js';
import { mapInTurns } from '../turns.js';
import type { Metrics } from '../metrics.js';
import type { Delivery, Ingest, ItemVerdict } from './ingest.js';
import { bytesInTurns, redactInTurns } from './large-values.js';
import { stripSecrets } from './strip-secrets.js';
import { storeUnrouted } from './unrouted.js';

/** Where an instance's deliveries go. */
export interface Destination {
  tenantId: string;
  instanceId: string;
  groupPolicy: 'ignore' | 'accept';
}

/** A body that was read, with its items and the destinations of the instances it names. */
export interface Arrival {
  bytes: Buffer;
  /** What they say, parsed and repaired. */
  body: unknown;
  /** Whether something of it must be blanked before it is stored. */
  hasSecrets: boolean;
  /** Its lists and objects that are walked in turns. */
  large: WeakSet<object>;
  items: DeliveryItem[];
  transport: Delivery['transport'];
  traceId: string;
  receivedAt: Date;
  /** By instance id; an instance that is missing here is unknown. */
  destinations: Map<string, Destination>;
}

/** How many items became what. `issues` tells where rejected ones broke the contract. */
export interface Receipt {
  counts: { queued: number; duplicates: number; ignored: number; rejected: number; parked: number };
  issues: ErrorDetail[];
}

const COUNTED = {
  accepted: 'queued',
  duplicate: 'duplicates',
  ignored: 'ignored',
  rejected: 'rejected',
  parked: 'parked',
} as const satisfies Record<ItemVerdict['verdict'], keyof Receipt['counts']>;

interface Parts {
  ingest: Ingest;
  db: Database;
  metrics: Metrics;
}

/** Stores every item and resolves after the commits that hold them. Throws RecadoError OVERLOADED or UNAVAILABLE. */
export async function receive({ ingest, db, metrics }: Parts, arrival: Arrival): Promise<Receipt> {
  const receipt: Receipt = { counts: { queued: 0, duplicates: 0, ignored: 0, rejected: 0, parked: 0 }, issues: [] };
  const sha256 = hash('sha256', arrival.bytes, 'buffer');
  const items = await mapInTurns(arrival.items, routable);
  const groups = groupByInstance(arrival.hasSecrets ? await stripSecrets(items, arrival.large) : items);
  const { transport, traceId, receivedAt } = arrival;
  const outcomes = await Promise.all(
    [...groups].map(async ([instanceId, own]) => {
      const raw = groups.size === 1 ? await wholeBody(arrival) : await partOf(arrival, own);
      const destination = arrival.destinations.get(instanceId);
      const delivery = { instanceId, transport, sha256, raw, items: own, traceId, receivedAt };
      const verdicts = destination
        ? await ingest.submit(addressed(delivery, destination))
        : await storeUnrouted({ db, metrics }, delivery);
      return { items: own, verdicts };
    }),
  );
  for (const { items: own, verdicts } of outcomes) {
    verdicts.forEach(({ verdict }, place) => {
      receipt.counts[COUNTED[verdict]] += 1;
      const item = own[place];
      if (verdict === 'rejected' && item && 'issues' in item) receipt.issues.push(...detailsOf(item));
    });
  }
  return receipt;
}

function addressed(delivery: Omit<Delivery, 'tenantId' | 'groupPolicy'>, destination: Destination): Delivery {
  const { tenantId, groupPolicy } = destination;
  return Object.assign(delivery, { tenantId, groupPolicy });
}

function groupByInstance(items: DeliveryItem[]): Map<string, DeliveryItem[]> {
  const groups = new Map<string, DeliveryItem[]>();
  for (const item of items) {
    const group = groups.get(item.instanceId ?? '');
    if (group) group.push(item);
    else groups.set(item.instanceId ?? '', [item]);
  }
  return groups;
}

const LONGEST_INSTANCE_ID = 200;

/** An event that names no instance belongs nowhere: the contract demands `instanceId`, and ours are at most 200 characters. */
function routable(item: DeliveryItem): DeliveryItem {
  const { instanceId, raw } = item;
  const isTooLong = instanceId !== null && instanceId.length > LONGEST_INSTANCE_ID;
  if (!isTooLong && (instanceId !== null || !('event' in item))) return item;
  const message = isTooLong
    ? `At most ${LONGEST_INSTANCE_ID} characters.`
    : 'Required: name the instance in the body or in the path.';
  return {
    instanceId: null,
    raw,
    verdict: 'rejected',
    reason: 'invalid_contract',
    payloadType: 'unknown',
    externalId: null,
    issues: [{ path: 'instanceId', message }],
  };
}

/** The bytes as they came, unless a secret must go. */
async function wholeBody({ bytes, body, hasSecrets, large }: Arrival): Promise<Buffer> {
  return hasSecrets ? bytesInTurns(await redactInTurns(body, large), large) : bytes;
}

async function partOf({ large }: Arrival, own: DeliveryItem[]): Promise<Buffer> {
  const raws = own.map((item) => item.raw);
  large.add(raws);
  return bytesInTurns(raws, large);
}

function detailsOf(item: Extract<DeliveryItem, { verdict: string }>): ErrorDetail[] {
  return (item.issues ?? []).map(({ path, message }) => ({ path, code: item.reason, message }));
}

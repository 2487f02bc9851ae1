// The webhook doors: authenticate on the raw bytes, read, store, and only then say 202 (DESIGN 4, 9).
import { Router } from 'express';
import type { Request, Response } from 'express';
import { BROKERS, brokerOf, type DeliveryHints, type DeliveryItem } from '@recado/brokers';
import type { Context } from '../context.js';
import { RecadoError } from '../errors.js';
import { receive, type Destination, type Receipt } from '../ingest/receive.js';
import { mapInTurns } from '../turns.js';
import { LARGE_BYTES, readDelivery } from './delivery-body.js';
import { sendError } from './error-response.js';
import { readRawBody } from './raw-body.js';
import { assertMayBeAdmitted, examine, refuse } from './webhook-admission.js';
import { isSame } from './webhook-credentials.js';
import { createInstanceReader, type FindInstance } from './webhook-instances.js';

const SHARED_PATHS = ['/api/webhooks/whatsapp', '/api/integrations/whatsapp/webhook'];
const INSTANCE_PATHS = ['/api/webhooks/whatsapp/:instanceId', '/api/webhooks/whatsapp/:instanceId/:event'];

/** What a phone sends of its past at once stays far below. */
const MOST_ITEMS = 20_000;

/** The doors brokers post to. */
export function webhookRouter(ctx: Context): Router {
  const router = Router({ caseSensitive: true });
  const door = { ctx, readInstances: createInstanceReader(ctx) };
  for (const path of [...SHARED_PATHS, ...INSTANCE_PATHS]) {
    router.post(path, (req, res) => take(door, req, res));
    router.get(path, (req, res) => shakeHands(door, req, res));
    router.all(path, (_req, res) => {
      res.setHeader('Allow', 'GET, HEAD, POST');
      sendError(res, new RecadoError('METHOD_NOT_ALLOWED'));
    });
  }
  return router;
}

interface Door {
  ctx: Context;
  readInstances: () => FindInstance;
}

/** One delivery: 202 with what became of its items, after the commit that holds them. */
async function take({ ctx, readInstances }: Door, req: Request, res: Response): Promise<void> {
  const findInstance = readInstances();
  const receivedAt = new Date();
  const instanceId = instanceIn(req);
  const named = instanceId === undefined ? null : await findInstance(instanceId);
  const bytes = await readRawBody(req, { maxBytes: named?.maxBodyBytes ?? ctx.config.webhook.maxBodyBytes });
  const admit = await examine(ctx, req, bytes);
  // On a door that names its instance nothing is parsed for a stranger.
  if (instanceId !== undefined) await admit(named);
  else if (bytes.length > LARGE_BYTES) await assertMayBeAdmitted({ ctx, findInstance }, req, bytes);

  const read = await readDelivery(bytes);
  const broker = brokerOf(named?.broker ?? 'canonical') ?? BROKERS.canonical;
  const items = await mapInTurns(broker.parse(read.body, hintsOf(req)), upToMost);
  const destinations = new Map<string, Destination>();
  for (const id of new Set(items.map((item) => item.instanceId))) {
    // What names no instance is rejected by itself; it opens nothing and refuses nobody.
    if (id === null) continue;
    // Not asked for again: with a database that answers slowly that would be a second wait.
    const instance = id === named?.instanceId ? named : await findInstance(id);
    if (!instance || instance !== named) await admit(instance);
    if (instance) destinations.set(instance.instanceId, instance);
  }
  if (destinations.size === 0 && !named) await admit(null);

  const traceId: string = res.locals.traceId;
  const arrival = { bytes, ...read, items, transport: 'webhook' as const, traceId, receivedAt, destinations };
  const { counts, issues } = await receive(ctx, arrival);
  if (items.length > 0 && counts.rejected === items.length) {
    throw new RecadoError('NOT_A_CONTRACT_EVENT', { details: issues.slice(0, 100) });
  }
  accept(res, counts);
}

/** The answer as bytes: `res.json` asks about caches, types and charsets what is known here. */
function accept(res: Response, counts: Receipt['counts']): void {
  const body = JSON.stringify({ accepted: true, ...counts });
  res.writeHead(202, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
  res.end(body);
}

/** What the path says besides the body. */
function hintsOf(req: Request): DeliveryHints {
  const instanceId = instanceIn(req);
  const { event } = req.params;
  return { ...(instanceId !== undefined && { instanceId }), ...(event !== undefined && { event: String(event) }) };
}

/** A body of a million empty objects is no delivery: each item costs a row of the ledger. Throws BODY_TOO_LARGE. */
function upToMost(item: DeliveryItem, index: number): DeliveryItem {
  if (index < MOST_ITEMS) return item;
  throw new RecadoError('BODY_TOO_LARGE', {
    message: `The delivery holds more than ${MOST_ITEMS} items. Send it in parts.`,
  });
}

/** `GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…`: the challenge as plain text when the token matches. */
async function shakeHands({ ctx, readInstances }: Door, req: Request, res: Response): Promise<void> {
  const instanceId = instanceIn(req);
  const named = instanceId === undefined ? null : await readInstances()(instanceId);
  const expected = named?.verifyToken ?? (instanceId === undefined ? ctx.config.webhook.verifyToken : null);
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = req.query;
  if (mode !== 'subscribe' || typeof challenge !== 'string' || challenge.length > 1_024) {
    throw new RecadoError('VALIDATION_FAILED', {
      message: 'Send hub.mode=subscribe, hub.verify_token and hub.challenge, once each.',
    });
  }
  if (expected === null)
    throw new RecadoError('WEBHOOK_NOT_CONFIGURED', {
      message: 'No verify token is configured. Set WHATSAPP_WEBHOOK_VERIFY_TOKEN or the instance’s verifyToken.',
    });
  if (typeof token !== 'string' || !isSame(token, expected))
    await refuse(req, 'FORBIDDEN', 'The verify token is wrong.');
  res.status(200).type('text/plain').send(challenge);
}

/** The instance that the path names. Throws NOT_FOUND for a name that the database could not even be asked for. */
function instanceIn({ params: { instanceId } }: Request): string | undefined {
  if (typeof instanceId !== 'string') return undefined;
  if (instanceId.includes('\0')) throw new RecadoError('NOT_FOUND');
  return instanceId;
}

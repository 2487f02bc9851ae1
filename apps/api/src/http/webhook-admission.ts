// Who may post for which instance: decided on the raw bytes, counted against the address when refused (DESIGN 4.1).
import type { Request } from 'express';
import type { Context } from '../context.js';
import { RecadoError, type ErrorCode } from '../errors.js';
import { assertAllowed, noteFailure } from './failed-credentials.js';
import { isConfigured, opens, presentsCredential } from './webhook-credentials.js';
import type { DoorInstance, FindInstance } from './webhook-instances.js';

/** Throws CREDENTIALS_INVALID or WEBHOOK_NOT_CONFIGURED unless the request may post for the instance; null is one that nobody registered. */
export type Admit = (instance: DoorInstance | null) => Promise<void>;

/**
 * Examines what a request brings. An instance's own credential opens that instance, the installation's opens those without one
 * and what nobody registered. Throws CREDENTIALS_MISSING when the request brings nothing.
 */
export async function examine(ctx: Pick<Context, 'secrets'>, req: Request, bytes: Buffer): Promise<Admit> {
  const request = { headers: req.headers, bytes };
  const shared = { apiKey: ctx.secrets.webhookApiKey, hmacSecrets: ctx.secrets.webhookHmacSecrets };
  const opensShared = opens(shared, request, { demandSignature: false });
  if (!opensShared && !presentsCredential(req.headers)) await refuse(req, 'CREDENTIALS_MISSING');
  return async (instance) => {
    const own = instance?.credentials;
    if (own ? opens(own, request, { demandSignature: true }) : opensShared) return;
    await refuse(req, own || isConfigured(shared) ? 'CREDENTIALS_INVALID' : 'WEBHOOK_NOT_CONFIGURED');
  };
}

/** `"instanceId": "…"` as the body spells it, number or text. */
const NAMED = /"(?:instanceId|sessionId)"\s*:\s*(?:"((?:[^"\\]|\\.){1,1200})"|(-?\d[\d.eE+-]{0,40}))/g;
/** A credential opens every instance of a delivery or the delivery is refused: the first names are enough to tell. */
const NAMES = 4;

/**
 * On the door that names no instance: refuses who brings a credential that neither the installation nor one of the first instances of the body
 * has, before anything is parsed for them. What passes is admitted instance by instance once it is read.
 */
export async function assertMayBeAdmitted(
  { ctx, findInstance }: { ctx: Pick<Context, 'secrets'>; findInstance: FindInstance },
  req: Request,
  bytes: Buffer,
): Promise<void> {
  const request = { headers: req.headers, bytes };
  const shared = { apiKey: ctx.secrets.webhookApiKey, hmacSecrets: ctx.secrets.webhookHmacSecrets };
  if (opens(shared, request, { demandSignature: false })) return;
  await assertAllowed(req);
  for (const id of namesIn(bytes)) {
    const own = (await findInstance(id))?.credentials;
    if (own && opens(own, request, { demandSignature: true })) return;
  }
  await refuse(req, isConfigured(shared) ? 'CREDENTIALS_INVALID' : 'WEBHOOK_NOT_CONFIGURED');
}

function namesIn(bytes: Buffer): Set<string> {
  const names = new Set<string>();
  for (const [, text, number] of bytes.toString('utf8').matchAll(NAMED)) {
    const name = text === undefined ? String(Number(number)) : unescaped(text);
    if (!name.includes('\0')) names.add(name.trim());
    if (names.size === NAMES) break;
  }
  return names;
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** Counts the failure against the address and throws; 429 once there were too many. */
export async function refuse(req: Request, code: ErrorCode, message?: string): Promise<never> {
  await assertAllowed(req);
  await noteFailure(req);
  throw new RecadoError(code, { ...(message !== undefined && { message }) });
}

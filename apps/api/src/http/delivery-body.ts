// The body of a delivery as ingest takes it: parsed, repaired, examined for secrets; a large one in turns.
import { mayHoldSecrets, mayNeedRepair, repair } from '../ingest/scrub.js';
import { parseLargeJson } from './large-json.js';
import { parseJson } from './parse-json.js';

export interface DeliveryBody {
  body: unknown;
  /** Whether something of it must be blanked before it is stored. */
  hasSecrets: boolean;
  /** The lists and objects of the body that are walked in turns. */
  large: WeakSet<object>;
}

/** What is parsed at once, in a millisecond or two. A broker's usual delivery has a thousandth of it. */
export const LARGE_BYTES = 65_536;

/** Throws BODY_INVALID, BODY_TOO_DEEP, BODY_TOO_VARIED. */
export async function readDelivery(bytes: Buffer): Promise<DeliveryBody> {
  if (bytes.length > LARGE_BYTES) return readLarge(bytes);
  const text = bytes.toString('utf8');
  const parsed = parseJson(bytes, text);
  const body = mayNeedRepair(text) ? repair(parsed) : parsed;
  return { body, hasSecrets: mayHoldSecrets(text), large: new WeakSet() };
}

async function readLarge(bytes: Buffer): Promise<DeliveryBody> {
  let hasSecrets = false;
  function finish(piece: unknown, text: string): unknown {
    hasSecrets ||= mayHoldSecrets(text);
    return mayNeedRepair(text) ? repair(piece) : piece;
  }
  const { value, large } = await parseLargeJson(bytes, { finish });
  return { body: value, hasSecrets, large };
}

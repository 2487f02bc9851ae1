// Counters of verdicts: whatsapp_webhook_events_total (the contract's name and words) and our own beside it.
import { PAYLOAD_TYPES, REASONS, VERDICTS } from '@recado/contracts';
import type { PayloadType, Reason, Verdict } from '@recado/contracts';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

export const TRANSPORTS = ['webhook', 'queue', 'poller', 'redrive'] as const;
export type Transport = (typeof TRANSPORTS)[number];

const REJECTIONS: readonly Reason[] = ['invalid_contract', 'missing_id', 'missing_chat', 'instance_mismatch'];
const CHANGES: readonly PayloadType[] = ['status', 'edit', 'revoke', 'reaction'];

/** The contract's three words: a duplicate is ignored, what is parked was accepted. */
export function resultOf(verdict: Verdict): 'accepted' | 'ignored' | 'rejected' {
  if (verdict === 'duplicate') return 'ignored';
  return verdict === 'parked' ? 'accepted' : verdict;
}

/** Plain numbers by combination, moved to the counters when they are read: prom-client hashes labels on each `inc`. */
export function createVerdictTally(registry: Registry) {
  const pending = new Map<
    string,
    { verdict: Verdict; reason: Reason; type: PayloadType; transport: Transport; n: number }
  >();
  const registers = [registry];
  const events = new Counter({
    name: 'whatsapp_webhook_events_total',
    help: 'Items of webhook deliveries by what became of them.',
    labelNames: ['result', 'reason', 'payload_type'],
    registers,
    collect: flush,
  });
  const items = new Counter({
    name: 'recado_inbox_events_total',
    help: 'Items of deliveries by verdict and transport.',
    labelNames: ['verdict', 'transport'],
    registers,
    collect: flush,
  });
  const dedupeHits = new Counter({
    name: 'recado_dedupe_hits_total',
    help: 'Items that were stored already.',
    registers,
    collect: flush,
  });

  function flush(): void {
    for (const entry of pending.values()) {
      if (entry.n === 0) continue;
      if (entry.transport === 'webhook') {
        events.labels(resultOf(entry.verdict), entry.reason, entry.type).inc(entry.n);
      }
      items.labels(entry.verdict, entry.transport).inc(entry.n);
      if (entry.verdict === 'duplicate') dedupeHits.inc(entry.n);
      entry.n = 0;
    }
  }

  for (const [verdict, reason, type] of likelyCombinations()) events.labels(resultOf(verdict), reason, type).inc(0);
  for (const verdict of VERDICTS) for (const transport of TRANSPORTS) items.labels(verdict, transport).inc(0);

  return {
    count(verdict: Verdict, reason: Reason, type: PayloadType, transport: Transport): void {
      const key = `${verdict} ${reason} ${type} ${transport}`;
      const entry = pending.get(key);
      if (entry) entry.n += 1;
      else pending.set(key, { verdict, reason, type, transport, n: 1 });
    },
  };
}

// Present from the start, so that a rate over the first event is seen.
function likelyCombinations(): [Verdict, Reason, PayloadType][] {
  const combinations: [Verdict, Reason, PayloadType][] = [];
  for (const type of PAYLOAD_TYPES) combinations.push(['accepted', 'ok', type], ['duplicate', 'duplicate', type]);
  for (const reason of REASONS) {
    if (REJECTIONS.includes(reason))
      combinations.push(['rejected', reason, 'message'], ['rejected', reason, 'unknown']);
    else if (reason.startsWith('parked_early_')) {
      const type = CHANGES.find((change) => reason.endsWith(change));
      if (type) combinations.push(['parked', reason, type]);
    } else if (reason.startsWith('parked_')) combinations.push(['parked', reason, 'message']);
    else if (reason !== 'ok' && reason !== 'duplicate') combinations.push(['ignored', reason, 'message']);
  }
  return combinations;
}

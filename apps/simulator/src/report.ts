// The verdict for people: a table, the first examples of what is wrong, and how to run it again.
import { FINDINGS, isClean, type FindingName, type Verdict } from './oracle/verdict.js';

const MEANING: Record<FindingName, string> = {
  lost: 'acknowledged and not there',
  duplicated: 'stored or shown twice',
  corrupt: 'there, but not as it was sent',
  gaps: 'missing at a socket that was promised continuity',
  leaks: 'seen by another tenant',
  unexplained: 'not accounted for by the service itself',
};

/** Where the run is kept, and what does it again. */
export interface Kept {
  ledger: string;
  seed: string;
  again: string | null;
}

/** The lines, each with its end. */
export function reportOf(verdict: Verdict, { ledger, seed, again }: Kept): string {
  const counts = [
    `${verdict.sent} deliveries: ${verdict.acked} acked, ${verdict.refused} refused, ${verdict.unknown} unknown`,
    `${verdict.items} items acked, ${verdict.stored} messages stored`,
    `${verdict.heard} socket events, ${verdict.replayed} told again, ${verdict.reconnects} reconnects, ${verdict.resyncs} resyncs`,
  ];
  const findings = FINDINGS.map((name) => {
    return `  ${name.padEnd(12)}${String(verdict[name].count).padStart(8)}   ${MEANING[name]}`;
  });
  const examples = FINDINGS.flatMap((name) => verdict[name].examples.map((example) => `  ${name}: ${example}`));
  const lines = [
    '',
    ...counts,
    '',
    ...findings,
    ...(examples.length > 0 ? ['', ...examples] : []),
    '',
    isClean(verdict) ? `Verdict: clean${howFar(verdict)}.` : `Verdict: NOT clean${whyNot(verdict)}.`,
    `Ledger: ${ledger} (seed ${seed})`,
    ...(again === null ? [] : [`Again:  ${again}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function whyNot(verdict: Verdict): string {
  if (FINDINGS.some((name) => verdict[name].count > 0)) return '';
  if (verdict.refused > 0) return ': deliveries were refused';
  return verdict.acked === 0 ? ': nothing was acknowledged' : `: ${verdict.unknown} deliveries have no outcome`;
}

/** A run that was ended early proves what it sent. */
function howFar({ isInterrupted, unknown }: Verdict): string {
  if (!isInterrupted) return '';
  return `, as far as it went: it was interrupted${unknown > 0 ? `, and ${unknown} deliveries have no outcome` : ''}`;
}

// The lines of a ledger file and how they are read back: one JSON object a line, written before and after each send.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DialsSchema } from './dials.js';
import { FactSchema } from './facts.js';

/** Items of one delivery by verdict, as the service answered. */
export const CountsSchema = z.object({
  queued: z.int(),
  duplicates: z.int(),
  ignored: z.int(),
  rejected: z.int(),
  parked: z.int(),
});
export type Counts = z.infer<typeof CountsSchema>;

/** Of the lines below; another version's ledger is refused. */
export const LEDGER_VERSION = 2;

/** The first line: what makes the traffic, and where each tenant's log stood before it. */
export const RunRecordSchema = z.object({
  type: z.literal('run'),
  version: z.literal(LEDGER_VERSION),
  dials: DialsSchema,
  tenants: z.array(
    z.object({ tenantId: z.string(), instanceId: z.string(), cursor: z.string(), isFresh: z.boolean() }),
  ),
});
export type RunRecord = z.infer<typeof RunRecordSchema>;

/** Written before the first byte of a delivery leaves. `sha256` is that of the body. */
export const SentRecordSchema = z.object({
  type: z.literal('sent'),
  n: z.int(),
  tenantId: z.string(),
  sha256: z.string(),
  facts: z.array(FactSchema),
});
export type SentRecord = z.infer<typeof SentRecordSchema>;

/** acked: a 2xx; refused: the service will never take it; unknown: it may be stored or not. */
export const OUTCOMES = ['acked', 'refused', 'unknown'] as const;
/** Written after every attempt. `status` is null when no answer came. */
export const OutcomeRecordSchema = z.object({
  type: z.literal('outcome'),
  n: z.int(),
  attempt: z.int(),
  outcome: z.enum(OUTCOMES),
  status: z.int().nullable(),
  counts: CountsSchema.nullable(),
});
export type OutcomeRecord = z.infer<typeof OutcomeRecordSchema>;

const RecordSchema = z.discriminatedUnion('type', [RunRecordSchema, SentRecordSchema, OutcomeRecordSchema]);

/** One delivery with everything that is known of its fate. */
export interface Entry extends Omit<SentRecord, 'type'> {
  outcome: (typeof OUTCOMES)[number];
  /** Status and counts of the answer that acknowledged it. */
  status: number | null;
  counts: Counts | null;
  attempts: number;
}

/** A whole ledger. */
export interface LedgerContents {
  run: RunRecord;
  entries: Entry[];
}

/** Reads a ledger file. A last line cut short by a crash is left out. Throws when the file is no ledger. */
export async function readLedger(path: string): Promise<LedgerContents> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const entries = new Map<number, Entry>();
  let run: RunRecord | null = null;
  // What has no line end was being written when the process died.
  for (const [place, line] of lines.slice(0, -1).entries()) {
    const record = readLine(line);
    if (record === null) throw new Error(`${path}, line ${place + 1}: not a line of a ledger of this version`);
    if (record.type === 'run') run = record;
    else apply(entries, record);
  }
  if (run === null) throw new Error(`${path} is no ledger: its first line is missing`);
  return { run, entries: [...entries.values()] };
}

function readLine(line: string) {
  try {
    const parsed = RecordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Puts a record into the entries: sent and not answered is unknown. An acknowledgement stands; a refusal does not undo a doubt. */
export function apply(entries: Map<number, Entry>, record: SentRecord | OutcomeRecord): void {
  if (record.type === 'sent') {
    const { type: _type, ...sent } = record;
    entries.set(record.n, { ...sent, outcome: 'unknown', status: null, counts: null, attempts: 0 });
    return;
  }
  const entry = entries.get(record.n);
  if (!entry) return;
  entry.attempts += 1;
  const { outcome, status, counts } = record;
  if (outcome === 'acked') Object.assign(entry, { outcome, status, counts });
  else if (outcome === 'refused' && entry.attempts === 1) entry.outcome = 'refused';
}

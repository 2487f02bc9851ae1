// The ledger being written: every line is with the operating system before the call returns, so a killed simulator knows what it sent.
import { closeSync, openSync, writeSync } from 'node:fs';
import {
  apply,
  LEDGER_VERSION,
  RunRecordSchema,
  type Entry,
  type OutcomeRecord,
  type RunRecord,
  type SentRecord,
} from './ledger-records.js';

/** An open ledger. `entries` is what a reader of the file would find. */
export interface Ledger extends Disposable {
  path: string;
  run: RunRecord;
  entries(): Entry[];
  sent(record: Omit<SentRecord, 'type'>): void;
  outcome(record: Omit<OutcomeRecord, 'type'>): void;
  close(): void;
}

/** Creates the file; one that exists is refused (EEXIST), because a ledger is never written over. Of `run` only what a ledger keeps is written: no credentials. */
export function openLedger(path: string, run: Omit<RunRecord, 'type' | 'version'>): Ledger {
  // Whole places may be passed, and those hold keys and tokens: the schema leaves them out.
  const header = RunRecordSchema.parse({ type: 'run', version: LEDGER_VERSION, ...run });
  const file = openSync(path, 'ax', 0o600);
  const entries = new Map<number, Entry>();
  let isOpen = true;
  write(header);
  function write(record: RunRecord | SentRecord | OutcomeRecord): void {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    // A full disk, say, takes a part only; the rest then fails with its reason.
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  }
  function note(record: SentRecord | OutcomeRecord): void {
    write(record);
    apply(entries, record);
  }
  function close(): void {
    if (isOpen) closeSync(file);
    isOpen = false;
  }
  return {
    path,
    run: header,
    entries: () => [...entries.values()],
    sent: (record) => note({ type: 'sent', ...record }),
    outcome: (record) => note({ type: 'outcome', ...record }),
    close,
    [Symbol.dispose]: close,
  };
}

// The ledger being written: every line is with the operating system before the call returns, so a killed simulator knows what it sent.
import { closeSync, openSync, writeSync } from 'node:fs';
import { apply, type Entry, type OutcomeRecord, type RunRecord, type SentRecord } from './ledger-records.js';

/** An open ledger. `entries` is what a reader of the file would find. */
export interface Ledger extends Disposable {
  path: string;
  run: RunRecord;
  entries(): Entry[];
  sent(record: Omit<SentRecord, 'type'>): void;
  outcome(record: Omit<OutcomeRecord, 'type'>): void;
  close(): void;
}

/** Creates the file; one that exists is refused (EEXIST), because a ledger is never written over. */
export function openLedger(path: string, run: Omit<RunRecord, 'type' | 'version'>): Ledger {
  const file = openSync(path, 'ax', 0o600);
  const header: RunRecord = { type: 'run', version: 1, ...run };
  const entries = new Map<number, Entry>();
  let isOpen = true;
  write(header);
  function write(record: RunRecord | SentRecord | OutcomeRecord): void {
    writeSync(file, `${JSON.stringify(record)}\n`);
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

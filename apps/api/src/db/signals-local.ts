// The bus of a database that only one process can have open: there is nobody else to tell.
import type { Signals } from './signals.js';

/** Signals of the embedded database: a process never hears its own, and there is no other. */
export function createLocalSignals(): Signals {
  return { publish() {}, subscribe() {}, onReconnect() {}, async close() {} };
}

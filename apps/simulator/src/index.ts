// The parts of the simulator that experiments put together in their own way.
export { readDials, type Dials } from './dials.js';
export type { Fact } from './facts.js';
export { readLedger, type Entry, type LedgerContents } from './ledger-records.js';
export { openLedger, type Ledger } from './ledger.js';
export { listen, type Screens } from './listener.js';
export { runLoad, type Load, type LoadSummary } from './load.js';
export { observe } from './oracle/observe.js';
export {
  FINDINGS,
  isClean,
  judge,
  type Evidence,
  type Finding,
  type FindingName,
  type Verdict,
} from './oracle/verdict.js';
export { prove } from './prove.js';
export { createRandom, type Random } from './random.js';
export type { Sent } from './sender.js';
export { tokensOf } from './tokens.js';
export { traffic, type Delivery } from './traffic/traffic.js';
export { prepareWorld, revisitWorld, type MakeToken, type Place, type World } from './world.js';

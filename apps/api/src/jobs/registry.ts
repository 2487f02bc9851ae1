// Every periodic job of the service, a line each.
import { expireParked } from './expire-parked.js';
import { forgetTokens } from './forget-tokens.js';
import type { Job } from './job.js';
import { keepPartitions } from './keep-partitions.js';
import { retainEvents } from './retain-events.js';
import { retainLedger } from './retain-ledger.js';

export const JOBS: readonly Job[] = [keepPartitions, expireParked, forgetTokens, retainLedger, retainEvents];

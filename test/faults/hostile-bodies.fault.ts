// Experiment 18: bodies made to hurt are refused, and an honest broker beside them does not notice.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeHome } from '../support/process.js';
import type { Home } from '../support/process.js';
import { provision, startFaultService } from './support/fault-service.js';
import type { FaultService } from './support/fault-service.js';
import { noteFigures } from './support/figures.js';
import { postHostile, postSlowly } from './support/hostile-post.js';
import type { Refusal } from './support/hostile-post.js';
import { startProbe } from './support/probe.js';
import type { Probe } from './support/probe.js';
import { dial, tier } from './support/tier.js';

const MEGABYTE = 2 ** 20;
const TIMES = dial({ fast: 3, full: 20 });
const SLOW_ONES = dial({ fast: 50, full: 300 });
/** The fast tier runs beside others and sees few answers: it only looks for a service that stands still. */
const P99_MS = dial({ fast: 1_000, full: 100 });
const ROUNDS_APART_MS = 200;

// Brings `docs/reports/reliability.*` up to date after a full run, of all experiments or of some files, with their figures.
import { readdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Client } from 'pg';
import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import { describeMachine } from '../../perf/machine.js';
import { SERVER_URL } from '../../support/postgres.js';
import type { Entry, Place } from './report-entries.js';
import { isWorthKeeping, updateReport } from './report-files.js';
import { figuresOf } from './report-table.js';

const EXPERIMENTS = resolve(import.meta.dirname, '..');
const REPORTS = resolve(import.meta.dirname, '../../../docs/reports');
const HOLDS = { passed: 'yes', failed: 'no', skipped: 'skipped', pending: 'did not end' } as const;

/** Where and when a run was made. */
type Run = Pick<Entry, 'date' | 'commit' | 'load' | 'machine' | 'software'>;

/** Says every experiment's figures as it ends; `writes` them into the report when the files that ran, ran whole. */
export default class ReliabilityReport implements Reporter {
  #vitest: Vitest | null = null;
  #run: Run | null = null;

  constructor(private readonly options: { writes: boolean }) {}

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(): Promise<void> {
    this.#run = describeMachine(await serverVersion());
  }

  onTestCaseResult(test: TestCase): void {
    const { fault } = test.meta();
    if (fault) this.#vitest?.logger.log(`   ${fault.what} (${fault.database}): ${figuresOf(fault.figures)}`);
  }

  async onTestRunEnd(modules: readonly TestModule[], _errors: readonly unknown[], reason: TestRunEndReason) {
    const { writes } = this.options;
    const run = this.#run;
    if (!writes || !run) return;
    const hasPattern = Boolean(this.#vitest?.config.testNamePattern);
    if (!isWorthKeeping({ writes, reason, hasPattern })) {
      this.#vitest?.logger.log('Only a part of what was asked for ran: docs/reports/reliability.md stays as it was.');
      return;
    }
    await updateReport({
      dir: REPORTS,
      ran: modules.map(placeOf),
      found: modules.flatMap((module) => entriesOf(module, run)),
      files: readdirSync(EXPERIMENTS).filter((file) => file.endsWith('.fault.ts')),
    });
    this.#vitest?.logger.log(`Written to ${REPORTS}/reliability.md`);
  }
}

function placeOf(module: TestModule): Place {
  return {
    file: relative(EXPERIMENTS, module.moduleId),
    database: module.project.name === 'PostgreSQL' ? 'PostgreSQL' : 'embedded',
  };
}

function entriesOf(module: TestModule, { date, commit, load, machine, software }: Run): Entry[] {
  const of = { ...placeOf(module), date, commit, load, machine, software };
  const nothing = { experiment: null, what: null, figures: {} };
  const entries = [...module.children.allTests()].map((test): Entry => {
    const { experiment, what, figures } = test.meta().fault ?? nothing;
    return { ...of, test: test.fullName, experiment, what, holds: HOLDS[test.result().state], figures };
  });
  // A hook that failed leaves tests that were skipped, and a file that does not load leaves none.
  const isBroken = module.state() === 'failed' && !entries.some(({ holds }) => holds === 'no');
  return isBroken ? [...entries, { ...of, ...nothing, test: of.file, holds: 'no' }] : entries;
}

/** Such as `15.20`; null when no server answers, and then its rows have failed. */
async function serverVersion(): Promise<string | null> {
  const client = new Client({ connectionString: SERVER_URL, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    return rows[0]?.version.split(' ')[0] ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

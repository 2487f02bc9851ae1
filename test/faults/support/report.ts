// Writes `docs/reports/reliability.md` after a full run: every experiment that ran, with its figures.
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Client } from 'pg';
import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import { describeMachine } from '../../perf/machine.js';
import { SERVER_URL } from '../../support/postgres.js';
import { figuresOf, missingFrom, toMarkdown } from './report-table.js';
import type { Finding } from './report-table.js';

const EXPERIMENTS = resolve(import.meta.dirname, '..');
const REPORT = resolve(import.meta.dirname, '../../../docs/reports/reliability.md');

/** Says every experiment's figures as it ends; `writes` the report when the full set has run, and otherwise says that it did not. */
export default class ReliabilityReport implements Reporter {
  #vitest: Vitest | null = null;
  #machine: string[] = [];

  constructor(private readonly options: { writes: boolean }) {}

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(): Promise<void> {
    const { date, commit, machine, software, load } = describeMachine(await serverVersion());
    this.#machine = [
      `Date: ${date}`,
      `Commit: ${commit}`,
      `Machine: ${machine}`,
      `Software: ${software}`,
      `Load average before it began: ${load} (above 0.5 somebody else used the machine)`,
    ];
  }

  onTestCaseResult(test: TestCase): void {
    const { fault } = test.meta();
    if (fault) this.#vitest?.logger.log(`   ${fault.what} (${fault.database}): ${figuresOf(fault)}`);
  }

  async onTestRunEnd(modules: readonly TestModule[], _errors: readonly unknown[], reason: TestRunEndReason) {
    if (!this.options.writes) return;
    const ran = modules.map((module) => ({ file: module.moduleId, database: module.project.name }));
    const files = readdirSync(EXPERIMENTS).filter((file) => file.endsWith('.fault.ts'));
    const missing = missingFrom(
      ran,
      files.map((file) => resolve(EXPERIMENTS, file)),
    );
    if (reason === 'interrupted' || missing.length > 0 || this.#vitest?.config.testNamePattern) {
      this.#vitest?.logger.log('Not the full set ran: docs/reports/reliability.md stays as it was.');
      return;
    }
    await mkdir(dirname(REPORT), { recursive: true });
    await writeFile(REPORT, toMarkdown(modules.flatMap(findingsOf), this.#machine));
    this.#vitest?.logger.log(`Written to ${REPORT}`);
  }
}

function findingsOf(module: TestModule): Finding[] {
  const broken = module.errors().length > 0 && { name: module.relativeModuleId, state: 'failed' as const };
  const tests = [...module.children.allTests()].map((test) => ({
    name: test.fullName,
    state: test.result().state,
    database: module.project.name,
    row: test.meta().fault ?? null,
  }));
  return broken ? [...tests, { ...broken, database: module.project.name, row: null }] : tests;
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

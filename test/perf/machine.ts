// Where and on what a report was made.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import type { PartResult } from './results.js';

/** The circumstances of a run. `postgres` is null when no part needed it; `load` is the load average of the last minute. */
export function describeMachine(postgres: string | null): Omit<PartResult, 'rows' | 'rounds' | 'seconds'> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
    software: `Node ${process.versions.node}${postgres === null ? '' : `, PostgreSQL ${postgres}`}`,
    load: Math.round((loadavg()[0] ?? NaN) * 10) / 10,
  };
}

function commit(): string {
  try {
    const hash = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--', 'apps', 'libs', 'migrations', 'test') === ''
      ? hash
      : `${hash} with changes`;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

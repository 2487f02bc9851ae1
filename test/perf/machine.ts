// Where and on what a report was made.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** One line each. `postgres` is null when no part needed it. */
export function describeMachine(postgres: string | null): string[] {
  const [cpu] = cpus();
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    `Commit: ${commit()}`,
    `Machine: ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
    `Load average of the last minute before it began: ${loadavg()[0]?.toFixed(1)} (above 0.5 somebody else used the machine)`,
    `Node ${process.versions.node}${postgres === null ? '' : `, PostgreSQL ${postgres}`}`,
  ];
}

function commit(): string {
  try {
    const hash = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--', 'apps', 'libs', 'migrations', 'test/perf') === ''
      ? hash
      : `${hash} with changes`;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

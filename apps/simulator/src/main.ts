// The process of `npm run simulate`. Exit codes: 0 the verdict is clean, 1 it is not or the run failed, 2 used wrongly.
import { HELP, readOptions, UsageError } from './options.js';
import { run } from './run.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

/** The first signal ends the load and goes on to the verdict; the second ends the process. */
function stop(): void {
  if (stopping.signal.aborted) process.exit(1);
  stopping.abort();
}

try {
  const options = readOptions(process.argv.slice(2), new Date());
  if (options.mode === 'help') process.stdout.write(HELP);
  else process.exitCode = (await run({ options, screen: process.stdout, signal: stopping.signal })) ? 0 : 1;
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${isUsage ? 'See --help.\n' : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}

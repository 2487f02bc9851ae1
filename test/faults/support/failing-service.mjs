// The service as a process that fails where an experiment wants it: FAILPOINT=committed:3 kills it after its third commit
// and before the hub is told; SIGUSR2 ends the thread of the embedded database. The service itself knows nothing of this.
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';

const threads = new Set();
workerThreads.Worker = class extends workerThreads.Worker {
  constructor(...args) {
    super(...args);
    threads.add(this);
    this.once('exit', () => threads.delete(this));
  }
};
// Before the service is imported: it takes `Worker` by name.
syncBuiltinESMExports();
process.on('SIGUSR2', () => {
  for (const thread of threads) void thread.terminate();
});

const api = new URL('../../../apps/api/dist/', import.meta.url);
const { parseConfig, readEnvironment } = await import(new URL('config.js', api));
const { createLog } = await import(new URL('log.js', api));
const { startService } = await import(new URL('service.js', api));
const { announce } = await import(new URL('start-up/announce.js', api));

const service = await startService(parseConfig(readEnvironment()), { log: createLog({ level: 'info' }) });
const { hub } = service.ctx;
const [point, after] = (process.env['FAILPOINT'] ?? '').split(':');
if (point === 'committed') {
  let left = Number(after);
  const committed = hub.committed.bind(hub);
  hub.committed = (entries) => {
    if (entries.length > 0 && --left === 0) process.kill(process.pid, 'SIGKILL');
    committed(entries);
  };
}
await announce(service, null);

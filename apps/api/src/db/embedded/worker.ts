// The worker thread of the embedded database: PGlite runs here, so that a long query never stops the service's event loop.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './messages.js';

const port = parentPort;
if (!port) throw new Error('This file is the entry of a worker thread.');
const main = port;

const database = await open(workerData as WorkerSetup);
let last: Promise<void> = Promise.resolve();
main.on('message', (request: WorkerRequest) => {
  last = last.then(() => answer(request));
});
reply({ kind: 'ready' });

async function open({ directory, snapshot }: WorkerSetup): Promise<PGlite> {
  const start = snapshot ? { loadDataDir: new Blob([new Uint8Array(snapshot)]) } : {};
  if (directory === undefined) return PGlite.create(start);
  if (!existsSync(directory)) {
    // Made beside its place and moved there whole: a creation that was interrupted leaves nothing that looks like a database.
    const draft = `${directory}.creating`;
    await rm(draft, { recursive: true, force: true });
    const made = await PGlite.create({ ...start, dataDir: draft });
    await made.close();
    await rename(draft, directory);
  }
  return PGlite.create({ dataDir: directory });
}

async function answer(request: WorkerRequest): Promise<void> {
  try {
    switch (request.kind) {
      case 'exec':
        return done(await exec(request.bytes));
      case 'dump':
        return done(await dump());
      case 'close':
        await database.close();
        return done(new Uint8Array(0));
      default:
        return request satisfies never;
    }
  } catch (error) {
    reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

async function exec(bytes: Uint8Array): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  await database.execProtocolRawStream(bytes, {
    onRawData(chunk) {
      // The chunk is a view of the engine's memory, which the next one overwrites.
      chunks.push(chunk.slice());
      length += chunk.length;
    },
  });
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

async function dump(): Promise<Uint8Array> {
  await database.exec('checkpoint');
  return new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer());
}

function done(bytes: Uint8Array): void {
  reply({ kind: 'done', bytes });
}

function reply(message: WorkerReply): void {
  main.postMessage(message, message.kind === 'done' ? [message.bytes.buffer as ArrayBuffer] : []);
}

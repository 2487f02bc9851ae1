// A proxy before PostgreSQL that counts what one process asks of it: the server's own statistics also count its vacuuming.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { FrontendMessages } from './frontend-messages.js';

/** The database by way of the proxy, and the requests that went through so far. */
export interface StatementCounter extends AsyncDisposable {
  url: string;
  count(): number;
}

/** Starts the proxy before the server of a database's URL. */
export async function startStatementCounter(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl);
  let statements = 0;
  const server = createServer((client) => {
    const database = connect(Number(target.port || '5432'), target.hostname);
    const messages = new FrontendMessages();
    client.on('data', (chunk: Buffer) => (statements += messages.take(chunk)));
    // Either end may go at any time; the other one then goes too.
    pipeline(client, database, client).catch(() => {
      client.destroy();
      database.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    count: () => statements,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

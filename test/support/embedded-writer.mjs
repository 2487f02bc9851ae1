// A process that writes numbered rows to an embedded database and says each one that was committed, until it is killed.
import { silentLog } from '../../apps/api/dist/db/db-log.js';
import { openEmbedded } from '../../apps/api/dist/db/embedded/open-embedded.js';

const db = await openEmbedded({ dataDir: process.argv[2], log: silentLog });
await db.pool.query('create table if not exists acked (n int primary key, filler text)');
const { rows } = await db.pool.query('select coalesce(max(n), 0) as last from acked');
for (let n = rows[0].last + 1; ; n += 1) {
  await db.transaction((client) => client.query('insert into acked values ($1, repeat($2, 500))', [n, 'x']));
  process.send(n);
}

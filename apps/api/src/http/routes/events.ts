// Resume by REST: what the log holds after a cursor.
import { DOMAIN_EVENT_TYPES } from '@recado/contracts';
import { z } from 'zod';
import { RecadoError } from '../../errors.js';
import { readPage, readPositions } from '../../events/tail.js';
import { route } from '../route.js';
import { listOf } from '../schemas.js';
import { inSnapshot } from '../snapshot.js';

const SINCE = /^(?:0|(?<epoch>[\w-]{1,64}):(?<seq>\d{1,15}))$/;

const EventSchema = z.object({
  seq: z.int(),
  type: z.enum(DOMAIN_EVENT_TYPES),
  payload: z.record(z.string(), z.unknown()).meta({ description: 'As a socket is sent it.' }),
});

export const eventRoutes = [
  route({
    method: 'get',
    path: '/api/events',
    roles: ['agent', 'service'],
    summary: 'Events after `since`, oldest first. `since=0` begins at the oldest kept; go on with `nextCursor`.',
    query: z.object({
      since: z.string().max(128).default('0').meta({ description: '`0` or `<epoch>:<seq>`.' }),
      limit: z.coerce.number().int().min(1).max(500).default(500),
    }),
    response: { status: 200, schema: listOf(EventSchema) },
    errors: ['CURSOR_INVALID', 'RESYNC_REQUIRED'],
    handler: (ctx, { principal: { tenantId }, query }) =>
      inSnapshot(ctx.db, async (client) => {
        const cursor = SINCE.exec(query.since)?.groups;
        if (!SINCE.test(query.since)) throw new RecadoError('CURSOR_INVALID');
        const log = (await readPositions(client, [tenantId])).get(tenantId);
        if (!log) throw new RecadoError('NOT_FOUND');
        const after = cursor?.seq === undefined ? log.floor : Number(cursor.seq);
        const isOther = cursor?.epoch !== undefined && cursor.epoch !== log.epoch;
        if (isOther || after < log.floor || after > log.head) throw new RecadoError('RESYNC_REQUIRED');
        const entries = await readPage(client, tenantId, after, query.limit);
        const data = entries.map(({ seq, type, payload }) => ({ seq, type, payload: JSON.parse(payload) as unknown }));
        const asOf = `${log.epoch}:${log.head}`;
        return { data, nextCursor: `${log.epoch}:${entries.at(-1)?.seq ?? after}`, asOf };
      }),
  }),
];

// The yardstick of ingest: stock Express and pg, one transaction per request, the answer after the commit, then the emit.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import type { Request } from 'express';
import { Pool } from 'pg';
import { Server } from 'socket.io';
import { z } from 'zod';
import { NaiveDeliverySchema, store } from './naive-store.js';
import { WEBHOOK_PATH } from './webhook-request.js';

const { PORT, DATABASE_URL, WHATSAPP_WEBHOOK_HMAC_SECRET } = z
  .object({ PORT: z.coerce.number(), DATABASE_URL: z.string(), WHATSAPP_WEBHOOK_HMAC_SECRET: z.string() })
  .parse(process.env);

type WithRawBody = Request & { rawBody: Buffer };

const pool = new Pool({ connectionString: DATABASE_URL });
const app = express();
const server = createServer(app);
const screens = new Server(server);

screens.on('connection', (socket) => {
  void socket.join(z.object({ tenantId: z.string() }).parse(socket.handshake.auth).tenantId);
  socket.emit('ready', {});
});

app.use(express.json({ verify: (req, _res, rawBody) => void Object.assign(req, { rawBody }) }));
app.get('/readyz', (_req, res) => void res.json({ ok: true }));
app.post(WEBHOOK_PATH, async (req, res) => {
  const { rawBody } = req as WithRawBody;
  const expected = createHmac('sha256', WHATSAPP_WEBHOOK_HMAC_SECRET).update(rawBody).digest('hex');
  const given = req.get('x-signature-sha256') ?? '';
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
    res.status(401).json({ accepted: false });
    return;
  }
  const parsed = NaiveDeliverySchema.safeParse(req.body);
  if (!parsed.success) {
    res.status(422).json({ accepted: false });
    return;
  }
  const event = await store(pool, parsed.data, rawBody);
  res.status(202).json({ accepted: true, queued: event ? 1 : 0, duplicates: event ? 0 : 1 });
  if (event) screens.to(event.tenantId).emit('ticket.message', event);
});
server.listen(PORT, '127.0.0.1');

// The yardstick of the web framework: stock Express that parses the body, does nothing with it, and answers.
import express from 'express';
import { WEBHOOK_PATH } from './webhook-request.js';

const app = express();
app.use(express.json());
app.get('/readyz', (_req, res) => void res.json({ ok: true }));
app.post(WEBHOOK_PATH, (_req, res) => void res.json({ accepted: true, queued: 1, duplicates: 0 }));
app.listen(Number(process.env['PORT']), '127.0.0.1');

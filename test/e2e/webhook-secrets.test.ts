// No secret of a body is kept or logged; what is kept is the body as it came (DESIGN 4.2).
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../apps/api/dist/log.js';
import { bootWebhooks, countsOf, envelope, jidOf, secondsAgo, unique, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

const lines: string[] = [];
let rig: WebhookRig;
beforeAll(async () => {
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  rig = await bootWebhooks({}, { log });
});
afterAll(() => rig.close());

describe('secrets', () => {
  const CANARY = 'canary-c0ffee-c0ffee-c0ffee';
  const HASH = Buffer.from(CANARY).toString('base64');
  const phone = '+5511955554444';
  const id = 'wamid-of-the-canary';

  test('apikey, token, jwt_key and mediaKey are never in bodies, messages, contacts, events or logs; media_jobs holds them sealed', async () => {
    const imageMessage = {
      mimetype: 'image/jpeg',
      url: 'https://mmg.whatsapp.net/o1/x',
      directPath: `/v/${CANARY}`,
      mediaKey: HASH,
      fileSha256: HASH,
      fileEncSha256: HASH,
    };
    const event = envelope({
      id,
      phone,
      contact: { token: CANARY, nested: { ApiKey: CANARY } },
      message: { imageMessage },
    });
    const body = JSON.stringify({ apikey: CANARY, jwt_key: CANARY, events: [{ ...event, token: CANARY }] });
    expect(countsOf(await rig.webhook(body))).toEqual({ queued: 1 });
    const rejected = { ...envelope({ id: unique('refused') }), payload: { apikey: CANARY } };
    expect((await rig.webhook(rejected)).status).toBe(422);

    const kept = await rig.rows(
      `select encode(raw, 'escape') as text from deliveries
       union all select row_to_json(m)::text from messages m union all select row_to_json(c)::text from contacts c
       union all select row_to_json(e)::text from events e union all select row_to_json(p)::text from parked_events p
       union all select row_to_json(l)::text from inbox_events l`,
    );
    expect(kept.length).toBeGreaterThan(6);
    for (const row of [...kept.map(({ text }) => String(text)), ...lines]) {
      expect(row).not.toContain(CANARY);
      expect(row).not.toContain(HASH);
    }
    const message = await rig.messageOf(id);
    const [job] = await rig.rows<{ source: Buffer }>('select source from media_jobs where message_id = $1', [
      message.id,
    ]);
    expect(job?.source.length).toBeGreaterThan(100);
    expect(job?.source.includes(Buffer.from(HASH))).toBe(false);
  });

  test('the sha256 in deliveries is of the original bytes', async () => {
    const event = envelope({ contact: { token: CANARY } });
    const bytes = `  ${JSON.stringify(event)}\n`;
    await rig.webhook(bytes);
    const rows = await rig.rows(
      `select encode(d.sha256, 'hex') as sha, convert_from(d.raw, 'UTF8') as raw from deliveries d
        join inbox_events e on e.delivery_id = d.id where e.external_id = $1`,
      [event.id],
    );
    expect(rows).toMatchObject([{ sha: createHash('sha256').update(bytes).digest('hex') }]);
    const expected = { ...event, payload: { ...event.payload, contact: { ...event.payload.contact, token: null } } };
    expect(JSON.parse(String(rows[0]?.['raw']))).toEqual(expected);
  });

  test('a body without secrets is kept byte for byte', async () => {
    const event = envelope();
    const bytes = ` {"events" : [ ${JSON.stringify(event)} ] }  `;
    await rig.webhook(bytes);
    const rows = await rig.rows(
      `select convert_from(d.raw, 'UTF8') as raw from deliveries d join inbox_events e on e.delivery_id = d.id where e.external_id = $1`,
      [event.id],
    );
    expect(rows).toEqual([{ raw: bytes }]);
  });

  test('phones, message ids and addresses never go to the log', async () => {
    const raw = {
      key: { remoteJid: jidOf(phone), fromMe: false, id: unique(id) },
      messageTimestamp: secondsAgo(1),
      message: { conversation: 'x' },
    };
    await rig.post(upsert(raw));
    await rig.webhook({ ...envelope({ id, phone }), payload: null });
    const text = lines.join('\n');
    expect(text.length).toBeGreaterThan(0);
    for (const personal of [phone, phone.slice(1), id]) expect(text).not.toContain(personal);
  });
});

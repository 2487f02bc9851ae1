// What hostile or broken bodies must not do: no 5xx, nothing false stored (DESIGN 4.2, brokers 7).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootWebhooks, countsOf, envelope, jidOf, unique, uniquePhone, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

const NAUGHTY: [string, string][] = [
  ['NUL', 'a\u0000b'],
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude00b'],
  ['surrogates the wrong way round', '\ude00\ud83d'],
  ['controls', '\u0001\u001b[31m\u007f'],
  ['a family', '👨‍👩‍👧‍👦🏳️‍🌈'],
  ['right-to-left override', '\u202egpj.exe'],
  ['zero width', '\u200b\u200d\ufeff'],
  ['stacked marks', `Z${'\u0351'.repeat(300)}`],
  ['quotes', `'; drop table messages; --"\\`],
  ['markup', '<script>alert(1)</script>'],
  ['a template', '${7*7}{{7*7}}%s%n'],
  ['percent', '%00%ff'],
  ['an array literal', '{"a",NULL,\\x00}'],
  ['64 KB', 'ã'.repeat(65_536)],
  ['noncharacters', '\uffff\ufffe'],
];

describe('naughty strings', () => {
  test.each(NAUGHTY)('%s in every field is 202 or 4xx, never 5xx', async (_, text) => {
    const field = (name: string) => `${text}-${unique(name)}`;
    const contact = {
      phone: uniquePhone(),
      name: text,
      document: text,
      registrations: [text],
      avatarUrl: text,
      pushName: text,
    };
    const bodies: unknown[] = [
      envelope({ text, contact: { ...contact, [text]: text } }),
      envelope({ id: field('id') }),
      envelope({ at: text }),
      envelope({ contact: { phone: text } }),
      envelope({ contact: { jid: text, lid: text, username: field('u'), bsuid: field('b') } }),
      envelope({ metadata: { broker: text, remoteJid: text, participant: text, cursor: text } }),
      { ...envelope(), cursor: text, type: text },
      envelope({ instanceId: text }),
      envelope({ message: { [text]: text, [`${text}Message`]: { text } } }),
      envelope({
        message: {
          extendedTextMessage: { text, contextInfo: { stanzaId: text, participant: text, mentionedJid: [text] } },
        },
      }),
      envelope({
        message: { documentMessage: { fileName: text, mimetype: text, caption: text, url: text, mediaKey: text } },
      }),
      envelope({
        message: { locationMessage: { degreesLatitude: text, degreesLongitude: 0, name: text, address: text } },
      }),
      envelope({ message: { contactMessage: { displayName: text, vcard: text } } }),
      envelope({ message: { pollCreationMessage: { name: text, options: [{ optionName: text }] } } }),
      upsert({
        key: { remoteJid: text, id: text, participant: text, fromMe: text },
        pushName: text,
        message: { conversation: text },
      }),
      update(
        { remoteJid: jidOf(uniquePhone()), id: field('target'), fromMe: true },
        { status: text, messageStubParameters: [text] },
      ),
      update({ remoteJid: text, id: text, fromMe: true }, { status: 0, messageStubParameters: [text] }),
      upsert({
        key: { remoteJid: jidOf(uniquePhone()), id: unique('r') },
        message: { reactionMessage: { key: { id: text }, text } },
      }),
      upsert({
        key: { remoteJid: jidOf(uniquePhone()), id: unique('p') },
        message: { protocolMessage: { key: { id: text }, type: text } },
      }),
      { event: text, instanceId: 'demo', data: { [text]: text } },
      {
        event: 'contacts.update',
        instanceId: 'demo',
        data: [{ id: jidOf(uniquePhone()), name: text, notify: text, imgUrl: text }],
      },
      { event: 'connection.update', instanceId: 'demo', data: { connection: text, qr: text } },
    ];
    for (const body of bodies) {
      const [first, copy] = [await rig.webhook(body), await rig.webhook(body)];
      expect([202, 422]).toContain(first.status);
      expect(copy.status).toBe(first.status);
      if (copy.status === 202) expect(copy.body).toMatchObject({ queued: 0, parked: 0 });
    }
    expect(await rig.post(envelope())).toEqual({ queued: 1 });
  });

  test('NUL and lone surrogates are replaced, in values and keys; everything else stays as sent', async () => {
    const event = envelope({ text: 'a\u0000b\ud83d 👨‍👩‍👧‍👦 \u202e', contact: { name: 'Ma\u0000ria', ['k\ud83d']: 1 } });
    await rig.post(event);
    const { content, metadata } = await rig.messageOf(event.id);
    expect(content).toBe('a\ufffdb\ufffd 👨‍👩‍👧‍👦 \u202e');
    expect(metadata.contact).toMatchObject({ name: 'Ma\ufffdria', 'k\ufffd': 1 });
  });

  test('an id is the same after its repair: its copy is a duplicate', async () => {
    const event = envelope({ id: `${unique('nul')}\u0000` });
    expect(await rig.post(event)).toEqual({ queued: 1 });
    expect(await rig.post(event)).toEqual({ duplicates: 1 });
  });

  test('invalid UTF-8 is taken as text with replacements', async () => {
    const [before, after] = JSON.stringify(envelope({ text: 'SPLIT' })).split('SPLIT');
    const bytes = Buffer.concat([Buffer.from(before ?? ''), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from(after ?? '')]);
    expect(countsOf(await rig.webhook(bytes))).toEqual({ queued: 1 });
  });
});

describe('hostile shapes', () => {
  const LONG = Array.from({ length: 6000 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join('');

  test.each<[string, (id: string) => string]>([
    [
      '__proto__',
      (id) => JSON.stringify(envelope({ id })).replace('{"conversation"', '{"__proto__":{"polluted":1},"conversation"'),
    ],
    [
      'an escaped __proto__',
      (id) => JSON.stringify(envelope({ id })).replace('"contact":{', '"contact":{"\\u005f_proto__":{"polluted":1},'),
    ],
    [
      'constructor.prototype',
      (id) =>
        JSON.stringify(envelope({ id })).replace(
          '"contact":{',
          '"contact":{"constructor":{"prototype":{"polluted":1}},',
        ),
    ],
    [
      'toString and hasOwnProperty as keys',
      (id) => JSON.stringify(envelope({ id, contact: { toString: 1, hasOwnProperty: 2, valueOf: null } })),
    ],
    [
      'event names of the prototype',
      (id) =>
        JSON.stringify([
          envelope({ id }),
          { event: 'constructor', instanceId: 'demo' },
          { event: '__proto__', instanceId: 'demo' },
        ]),
    ],
    [
      'numbers beyond 2^53 and 1e400',
      (id) =>
        JSON.stringify(envelope({ id })).replace(
          '"contact":{',
          '"contact":{"big":18446744073709551615,"huge":1e400,"tiny":-1e-400,',
        ),
    ],
    [
      'the same key twice',
      (id) => JSON.stringify(envelope({ id })).replace('"contact":{', '"contact":{"name":"a","name":"b",'),
    ],
    [
      '100,000 keys in a thumbnail',
      (id) =>
        JSON.stringify(
          envelope({
            id,
            message: {
              imageMessage: { jpegThumbnail: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [n, 1])) },
            },
          }),
        ),
    ],
    ['wrappers in wrappers', (id) => JSON.stringify(envelope({ id, message: nest(15) }))],
    [
      'a coordinate off the globe',
      (id) =>
        JSON.stringify(envelope({ id, message: { locationMessage: { degreesLatitude: 1e9, degreesLongitude: 'x' } } })),
    ],
    [
      'fileLength that lies',
      (id) =>
        JSON.stringify(
          envelope({
            id,
            message: { documentMessage: { fileLength: '18446744073709551615', seconds: -1, pageCount: {} } },
          }),
        ),
    ],
  ])('%s: the message is stored and nothing is polluted', async (_, make) => {
    const id = unique('shape');
    expect(countsOf(await rig.webhook(make(id)))['queued']).toBe(1);
    expect((await rig.messageOf(id)).externalId).toBe(id);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  function nest(depth: number): Record<string, unknown> {
    return depth === 0 ? { conversation: 'deep' } : { ephemeralMessage: { message: nest(depth - 1) } };
  }

  test.each<[string, unknown]>([
    ['id of a refused item', { ...envelope(), id: LONG, payload: 7 }],
    ['id of an unknown event', { id: LONG, type: 'X', instanceId: 'demo' }],
    ['id of a message', envelope({ id: LONG })],
    [
      'emoji',
      upsert({
        key: { remoteJid: jidOf('+5511977770001'), id: 'r1' },
        message: { reactionMessage: { key: { id: 'nobody' }, text: LONG } },
      }),
    ],
    ['target', update({ remoteJid: jidOf('+5511977770001'), id: LONG, fromMe: true }, { status: 3 })],
    ['name', envelope({ contact: { name: LONG, document: LONG, registrations: [LONG], username: LONG } })],
    ['phone', envelope({ contact: { phone: LONG } })],
    ['quoted id', envelope({ message: { extendedTextMessage: { text: 'x', contextInfo: { stanzaId: LONG } } } })],
    [
      'failure',
      update(
        { remoteJid: jidOf('+5511977770001'), id: 'f1', fromMe: true },
        { status: 0, messageStubParameters: [LONG] },
      ),
    ],
  ])('an endless %s is answered, and its neighbour is stored', async (_, item) => {
    const neighbour = envelope();
    expect(countsOf(await rig.webhook([item, neighbour]))['queued']).toBeGreaterThan(0);
    expect((await rig.messageOf(neighbour.id)).content).toBe('Oi!');
  });

  test('more items than any delivery has are refused, not stored', async () => {
    const answer = await rig.webhook(`[${'0,'.repeat(20_000)}0]`);
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ error: { code: 'BODY_TOO_LARGE' } });
  });

  test('many items are answered in time', async () => {
    const answer = await rig.webhook(`[${'0,'.repeat(19_999)}0]`);
    expect(answer.status).toBe(422);
    expect((answer.body as { error: { details: unknown[] } }).error.details).toHaveLength(100);
  });
});

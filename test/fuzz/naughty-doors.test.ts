// The naughty strings in every field of every door: never a 5xx, errors in the documented shape, what is taken comes back as it was sent.
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDoorWorld, type DoorWorld } from './support/door-world.js';
import { doors, type DoorRequest } from './support/doors.js';
import { startMetered, type Answered, type MeteredService } from './support/metered-service.js';
import { CATEGORIES, NAUGHTY_STRINGS, wellFormed } from './support/naughty-strings.js';

const STRINGS = NAUGHTY_STRINGS.map(([, text]) => text);
/** All of them by FUZZ_ALL=1, else one of every second category, and others for the next field. */
const isWhole = process.env['FUZZ_ALL'] === '1';
const MOST_OWN_MS = 75;
/** Of the spoiled requests this share is taken: they get past the door. */
const LEAST_TAKEN = 0.2;

let service: MeteredService;
const tokens = new Map<string, string>();
beforeAll(async () => {
  service = await startMetered();
  for (const role of ['agent', 'admin', 'operator', 'service'] as const)
    tokens.set(role, await service.token({ roles: [role] }));
});
afterAll(() => service[Symbol.asyncDispose]());

/** Asks again where the service says that it is late. */
async function ask(path: string, init: RequestInit): Promise<Answered> {
  for (let attempt = 0; ; attempt++) {
    const answer = await service.request(path, init);
    if (answer.status !== 503 || attempt === 5) return answer;
  }
}

function expectDocumented({ status, text }: Answered, what: string): void {
  expect(status, what).toBeLessThan(500);
  // What is longer than any header node takes is answered before there is a request: with a bare 431.
  if (status < 400 || status === 431) return;
  expect(JSON.parse(text), what).toMatchObject({
    error: {
      code: expect.stringMatching(/^[A-Z_]+$/),
      message: expect.any(String),
      retryable: expect.any(Boolean),
      traceId: expect.any(String),
    },
  });
}

function chosen(field: number): string[] {
  if (isWhole) return STRINGS;
  return CATEGORIES.filter((_, n) => (n + field) % 2 === 0).map((strings) => strings[field % strings.length] ?? '');
}

async function eachOf<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await work(next);
    }),
  );
}

async function afterwards(): Promise<void> {
  expect((await service.request('/readyz')).status).toBe(200);
  expect((await service.stall()).ownMs).toBeLessThan(MOST_OWN_MS);
  expect(service.errors().filter((line) => !line.includes('"UNAVAILABLE"'))).toEqual([]);
}

describe('REST', () => {
  const routes = doors();
  let world: DoorWorld;
  beforeAll(async () => {
    world = await makeDoorWorld(service, tokens);
  });

  function send({ role, path, ...init }: DoorRequest): Promise<Answered> {
    const headers = { authorization: `Bearer ${tokens.get(role) ?? ''}`, 'content-type': 'application/json' };
    return ask(path, { ...init, headers });
  }

  test('the routes tell their fields', () => {
    const fields = routes.flatMap((door) => door.fields);
    expect(fields.length).toBeGreaterThan(60);
    expect(fields.map(({ name }) => name)).toContain('POST /api/contacts body name');
  });

  // A dead letter of an instance that is registered only comes of a fault: the one there is, is not found.
  const whole = routes.filter(({ name }) => !name.endsWith('/redrive'));

  test.each(whole)('$name takes the request that is to be spoiled', async ({ name, request }) => {
    const { status, text } = await send(request(world(name)));
    expect([200, 201, 204], `${status}: ${text}`).toContain(status);
  });

  test(
    'every field of every route takes any string or refuses it by the table of errors',
    async () => {
      await service.stall();
      const taken = new Map<string, number>();
      let sent = 0;
      const fields = routes.flatMap(({ name, fields: some }) => some.map((field) => ({ route: name, ...field })));
      await eachOf(
        fields.map((field, n) => ({ ...field, n })),
        async ({ route, name, request, n }) => {
          for (const text of chosen(n)) {
            const answer = await send(request(text, world(route)));
            expectDocumented(answer, `${name} = ${JSON.stringify(text)}`);
            sent += 1;
            if (answer.status < 300) taken.set(name, (taken.get(name) ?? 0) + 1);
          }
        },
      );
      const total = [...taken.values()].reduce((sum, n) => sum + n, 0);
      expect(total / sent).toBeGreaterThan(LEAST_TAKEN);
      for (const name of ['PATCH /api/tickets/:id body assigneeId', 'PATCH /api/contacts/:id body metadata.any'])
        expect(taken.get(name), name).toBeGreaterThan(CATEGORIES.length / 4);
      await afterwards();
    },
    isWhole ? 1_200_000 : 240_000,
  );

  test('a name that is taken comes back as it was sent, trimmed', async () => {
    const names = STRINGS.filter(
      (text) =>
        wellFormed(text) === text && !text.includes('\0') && text.trim().length > 0 && text.trim().length <= 300,
    );
    expect(names.length).toBeGreaterThan(150);
    const headers = { authorization: `Bearer ${tokens.get('agent') ?? ''}`, 'content-type': 'application/json' };
    await eachOf(
      names.map((name, n): [string, number] => [name, n]),
      async ([name, n]) => {
        const body = JSON.stringify({ phone: `+55119${71_000_000 + n}`, name });
        const { status, text } = await ask('/api/contacts', { method: 'POST', headers, body });
        expect([status, (JSON.parse(text) as { name: string }).name]).toEqual([201, name.trim()]);
      },
    );
  }, 120_000);

  test('headers take any string that HTTP can carry', async () => {
    await eachOf(
      [
        'authorization',
        'x-api-key',
        'x-hub-signature-256',
        'content-type',
        'content-encoding',
        'if-match',
        'origin',
        'x-forwarded-for',
        'traceparent',
        'x-request-id',
        'accept',
      ],
      async (name) => {
        for (const text of chosen(name.length)) {
          if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text) || text.length > 3_000) continue;
          for (const [path, init] of [
            ['/api/webhooks/whatsapp', { method: 'POST', body: '{}' }],
            ['/api/tickets', {}],
          ] as const) {
            const base = { authorization: `Bearer ${tokens.get('agent') ?? ''}`, 'x-api-key': 'wrong' };
            expectDocumented(
              await ask(path, { ...init, headers: { ...base, [name]: text } }),
              `${name}: ${JSON.stringify(text)}`,
            );
          }
        }
      },
    );
    await afterwards();
  }, 240_000);
});

describe('webhooks', () => {
  const AT = new Date().toISOString();
  const FIELDS: Record<string, (text: string, n: number) => object> = {
    id: (text, n) => event(n, { id: `${text}-${n}` }),
    type: (text, n) => event(n, { type: text }),
    timestamp: (text, n) => event(n, { timestamp: text }),
    cursor: (text, n) => event(n, { cursor: text }),
    'payload.timestamp': (text, n) => inside(n, { timestamp: text }),
    'contact.phone': (text, n) => inside(n, { contact: { phone: text } }),
    contact: (text, n) =>
      inside(n, {
        contact: {
          phone: phone(n),
          name: text,
          pushName: text,
          document: text,
          registrations: [text],
          avatarUrl: text,
          [text]: text,
        },
      }),
    aliases: (text, n) => inside(n, { contact: { jid: text, lid: text, bsuid: text, username: text } }),
    metadata: (text, n) =>
      inside(n, { metadata: { broker: text, remoteJid: text, participant: text, timestamp: text } }),
    key: (text, n) =>
      upsert({
        key: { remoteJid: text, participant: text, fromMe: text, id: `k${n}` },
        pushName: text,
        message: { conversation: text },
      }),
    'unknown kind': (text, n) => inside(n, { message: { [`${text}Message`]: { text }, [text]: text } }),
    context: (text, n) =>
      inside(n, {
        message: {
          extendedTextMessage: { text, contextInfo: { stanzaId: text, participant: text, mentionedJid: [text] } },
        },
      }),
    document: (text, n) =>
      inside(n, {
        message: {
          documentMessage: {
            fileName: text,
            mimetype: text,
            caption: text,
            url: text,
            mediaKey: text,
            fileLength: text,
          },
        },
      }),
    location: (text, n) =>
      inside(n, {
        message: { locationMessage: { degreesLatitude: text, degreesLongitude: 0, name: text, address: text } },
      }),
    card: (text, n) => inside(n, { message: { contactMessage: { displayName: text, vcard: text } } }),
    poll: (text, n) => inside(n, { message: { pollCreationMessage: { name: text, options: [{ optionName: text }] } } }),
    reaction: (text, n) =>
      upsert({ key: { remoteJid: jid(n), id: `r${n}` }, message: { reactionMessage: { key: { id: text }, text } } }),
    protocol: (text, n) =>
      upsert({
        key: { remoteJid: jid(n), id: `p${n}` },
        message: { protocolMessage: { key: { id: text }, type: text } },
      }),
    status: (text, n) => ({
      event: 'messages.update',
      instanceId: 'demo',
      data: [
        { key: { remoteJid: jid(n), id: text, fromMe: true }, update: { status: text, messageStubParameters: [text] } },
      ],
    }),
    contacts: (text, n) => ({
      event: 'contacts.update',
      instanceId: 'demo',
      data: [{ id: jid(n), name: text, notify: text, imgUrl: text }],
    }),
    event: (text) => ({ event: text, instanceId: 'demo', data: { [text]: text } }),
  };

  function phone(n: number): string {
    return `+55119${String(72_000_000 + n)}`;
  }
  function jid(n: number): string {
    return `${phone(n).slice(1)}@s.whatsapp.net`;
  }
  function event(n: number, more: object): object {
    return {
      id: `naughty-${n}`,
      type: 'MESSAGE_INBOUND',
      instanceId: 'demo',
      timestamp: AT,
      payload: { contact: { phone: phone(n) }, message: { conversation: 'x' }, metadata: {} },
      ...more,
    };
  }
  let count = 0;
  function inside(n: number, more: object): object {
    count += 1;
    return event(n, {
      id: `inside-${count}`,
      payload: { contact: { phone: phone(n) }, message: { conversation: 'x' }, metadata: {}, ...more },
    });
  }
  function upsert(message: object): object {
    return { event: 'messages.upsert', instanceId: 'demo', data: { type: 'notify', messages: [message] } };
  }
  async function post(body: unknown): Promise<Answered> {
    for (let attempt = 0; ; attempt++) {
      const answer = await service.post(JSON.stringify(body));
      if (answer.status !== 503 || attempt === 5) return answer;
    }
  }

  test.each(Object.keys(FIELDS))('%s takes every string, and nothing of it is poison', async (name) => {
    await service.stall();
    const events = STRINGS.map((text, n) => FIELDS[name]?.(text, n));
    const answer = await post(events);
    expectDocumented(answer, name);
    expect(answer.status).toBe(202);
    await afterwards();
    const poison = await ask('/api/dead-letters?limit=5', {
      headers: { authorization: `Bearer ${tokens.get('admin') ?? ''}` },
    });
    expect((JSON.parse(poison.text) as { data: { kind: string }[] }).data).toEqual([]);
  });

  test('a text comes back as it was sent, but for NUL and lone surrogates', async () => {
    const base = Date.now() - 3_600_000;
    const events = STRINGS.map((text, n) =>
      event(0, {
        id: `back-${n}`,
        timestamp: new Date(base + n * 1_000).toISOString(),
        payload: { contact: { phone: '+5511973000000' }, message: { conversation: text }, metadata: {} },
      }),
    );
    expect((await post(events)).status).toBe(202);
    const headers = { authorization: `Bearer ${tokens.get('agent') ?? ''}` };
    const { data } = JSON.parse(
      (await ask('/api/tickets?limit=1&sort=-lastMessageAt&q=5511973000000', { headers })).text,
    ) as { data: { id: string }[] };
    const told = new Map<string, string | null>();
    for (let before: string | null = ''; before !== null;) {
      const path: string = `/api/tickets/${data[0]?.id ?? ''}/messages?limit=200${before && `&before=${encodeURIComponent(before)}`}`;
      const page = JSON.parse((await ask(path, { headers })).text) as {
        data: { externalId: string; content: string | null }[];
        nextCursor: string | null;
      };
      for (const message of page.data) told.set(message.externalId, message.content);
      before = page.nextCursor;
    }
    STRINGS.forEach((text, n) => {
      expect(told.get(`back-${n}`), `${n}: ${JSON.stringify(text)}`).toBe(wellFormed(text).replaceAll('\0', '\ufffd'));
    });
  }, 60_000);

  test('the path takes every string', async () => {
    await eachOf(isWhole ? STRINGS : STRINGS.filter((_, n) => n % 3 === 0), async (text) => {
      const name = encodeURIComponent(wellFormed(text));
      for (const path of [
        `/api/webhooks/whatsapp/${name}`,
        `/api/webhooks/whatsapp/demo/${name}`,
        `/api/webhooks/whatsapp?hub.mode=${name}&hub.challenge=${name}`,
        `/${name}`,
      ]) {
        expectDocumented(
          await ask(path, {
            method: path.includes('?') ? 'GET' : 'POST',
            body: path.includes('?') ? null : '{}',
            headers: { 'x-api-key': 'wrong' },
          }),
          path,
        );
      }
    });
    await afterwards();
  }, 120_000);
});

describe('sockets', () => {
  /** Seven frames each, and a hundred a second are taken of one socket. */
  const STRINGS_PER_SOCKET = 12;
  const EVENTS = ['join-tenant', 'join-user', 'join-ticket', 'leave-ticket', 'ticket:typing'];

  test('every frame takes every string: each is acknowledged, none ends the service', async () => {
    await service.stall();
    const token = tokens.get('agent');
    for (let from = 0; from < STRINGS.length; from += STRINGS_PER_SOCKET) {
      const some = STRINGS.slice(from, from + STRINGS_PER_SOCKET);
      const client = io(service.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth: { token, since: some[0] },
      });
      await new Promise((resolve, reject) =>
        client.once('ready', resolve).once('resync_required', resolve).once('connect_error', reject),
      );
      const frames = some.flatMap((text): [string, unknown][] => [
        ...EVENTS.map((name): [string, unknown] => [name, text]),
        ['ticket:typing', { ticketId: text, [text]: text }],
        [`x${text}`, text],
      ]);
      for (const [name, argument] of frames) {
        const answer: unknown = await client.timeout(10_000).emitWithAck(name, argument);
        expect(answer, `${name} ${JSON.stringify(argument)}`).toMatchObject({ ok: expect.any(Boolean) });
      }
      client.disconnect();
    }
    await afterwards();
  }, 120_000);

  test('every handshake is answered: a token that is none is refused', async () => {
    await eachOf(STRINGS, async (text) => {
      const client = io(service.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth: { token: text, since: text, [text]: text },
      });
      const error = await new Promise<Error>((resolve, reject) =>
        client.once('connect_error', resolve).once('connect', () => reject(new Error(`let in: ${text}`))),
      );
      expect(error).toMatchObject({ data: { code: expect.any(String) } });
      client.disconnect();
    });
    await afterwards();
  }, 120_000);
});

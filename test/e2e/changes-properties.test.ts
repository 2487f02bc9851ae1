// Any order and multiplicity of a message and all that can happen to it ends in the same message, told once (DESIGN 2, 3, 4.8).
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '@recado/contracts';
import { bootWebhooks, jidOf, secondsAgo, unique, uniquePhone, update, upsert } from './webhook-rig.js';
import type { WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await bootWebhooks();
});
afterAll(() => rig.close());

interface Target {
  id: string;
  pn: string;
  lid: string;
  fromMe: boolean;
}
type Key = Record<string, unknown>;

/** How an event names the chat: by the number, by the hidden id, or by both. */
const SPELLINGS = ['pn', 'lid', 'pn+lid', 'lid+pn'] as const;
type Spelling = (typeof SPELLINGS)[number];

function keyOf({ id, pn, lid, fromMe }: Target, spelling: Spelling): Key {
  const [remoteJid, remoteJidAlt] = spelling.split('+').map((side) => (side === 'pn' ? pn : lid));
  return { remoteJid, ...(remoteJidAlt && { remoteJidAlt }), fromMe, id, participant: '' };
}

interface Act {
  /** What it does to the message as a model of our own has it. */
  does?: (model: Model) => void;
  body: (to: Target, key: Key) => object;
}
interface Model {
  edit: { at: number; text: string } | null;
  revokedAt: number | null;
  reactions: Map<string, { at: number; emoji: string }>;
  statuses: string[];
}

const ms = (minutes: number, more = 0) => secondsAgo(minutes) * 1000 + more;
const own = (key: Key, prefix: string, more: Key = {}) => ({ ...key, id: unique(prefix), ...more });

function content(): Act {
  return {
    body: (_, key) => upsert({ key, messageTimestamp: secondsAgo(30), message: { conversation: 'original' } }),
  };
}
function standIn(parts: { stub?: number; key?: Key }): Act {
  return {
    body: (_, key) =>
      upsert({ key: { ...key, ...parts.key }, messageTimestamp: secondsAgo(30), messageStubType: parts.stub }),
  };
}
function edit(text: string, minutes: number, spelling: 'protocol' | 'wrapped' | 'update'): Act {
  const at = ms(minutes, spelling === 'update' ? 0 : 250);
  return {
    does(model) {
      if (model.edit === null || model.edit.at < at) model.edit = { at, text };
    },
    body(to, key) {
      const messageTimestamp = secondsAgo(minutes);
      const editedMessage = { conversation: text };
      if (spelling === 'update')
        return update(key, { message: { editedMessage: { message: editedMessage } }, messageTimestamp });
      const protocolMessage = { key: { id: to.id, fromMe: true }, type: 14, editedMessage, timestampMs: at };
      const message =
        spelling === 'protocol' ? { protocolMessage } : { editedMessage: { message: { protocolMessage } } };
      return upsert({ key: { ...key, id: `${to.id}-${text}` }, messageTimestamp, message });
    },
  };
}
function revoke(minutes: number, spelling: 'protocol' | 'stub'): Act {
  return {
    does(model) {
      model.revokedAt = Math.min(model.revokedAt ?? Infinity, ms(minutes));
    },
    body(to, key) {
      const messageTimestamp = secondsAgo(minutes);
      if (spelling === 'stub') return update(key, { message: null, messageStubType: 1, messageTimestamp });
      const message = { protocolMessage: { key: { id: to.id }, type: 'REVOKE' } };
      return upsert({ key: own(key, 'revoke'), messageTimestamp, message });
    },
  };
}
function reaction(emoji: string, minutes: number, { fromMe = false, isEvent = false } = {}): Act {
  return {
    does(model) {
      const author = fromMe ? 'me' : 'customer';
      const known = model.reactions.get(author);
      if (!known || known.at < ms(minutes)) model.reactions.set(author, { at: ms(minutes), emoji });
    },
    body(to, key) {
      const by = own(key, 'reaction', { fromMe });
      const reactionMessage = {
        key: { id: to.id },
        ...(emoji !== '' && { text: emoji }),
        senderTimestampMs: ms(minutes),
      };
      if (!isEvent) return upsert({ key: by, messageTimestamp: secondsAgo(minutes), message: { reactionMessage } });
      return {
        event: 'messages.reaction',
        instanceId: 'demo',
        data: [{ key, reaction: { ...reactionMessage, key: by } }],
      };
    },
  };
}
function status(state: number, name: string, minutes: number): Act {
  return {
    does: (model) => void model.statuses.push(name),
    body: (_, key) => update(key, { status: state, messageTimestamp: secondsAgo(minutes) }),
  };
}
function silent(message: object): Act {
  return { body: (_, key) => upsert({ key: own(key, 'silent'), messageTimestamp: secondsAgo(3), message }) };
}

const ACTS = {
  content: content(),
  ciphertext: standIn({ stub: 2 }),
  viewOnce: standIn({ key: { isViewOnce: true } }),
  edit1: edit('first', 20, 'protocol'),
  edit1Wrapped: edit('first', 20, 'wrapped'),
  edit1Update: edit('first', 20, 'update'),
  edit2: edit('second', 15, 'protocol'),
  edit2Update: edit('second', 15, 'update'),
  revoke: revoke(5, 'protocol'),
  revokeStub: revoke(5, 'stub'),
  like: reaction('👍', 12),
  likeEvent: reaction('👍', 12, { isEvent: true }),
  love: reaction('❤️', 11),
  unlike: reaction('', 10),
  likeAgain: reaction('👍', 9),
  mine: reaction('🙏', 11, { fromMe: true }),
  mineBack: reaction('', 8, { fromMe: true }),
  sent: status(2, 'SENT', 25),
  delivered: status(3, 'DELIVERED', 24),
  read: status(4, 'READ', 23),
  failed: status(0, 'FAILED', 22),
  vote: silent({ pollUpdateMessage: { vote: { encPayload: 'AQ==' } } }),
  unreadable: silent({ secretEncryptedMessage: { secretEncType: 2 } }),
};
type Name = keyof typeof ACTS;
interface Step {
  name: Name;
  spelling: Spelling;
  /** Posted with the step before it. */
  isTogether: boolean;
}

const RANKS = ['SENT', 'FAILED', 'DELIVERED', 'READ'];
const iso = (at: number | null | undefined) => (at === null || at === undefined ? null : new Date(at).toISOString());

/** The end as the model has it. */
function expected(steps: Step[]) {
  const model: Model = { edit: null, revokedAt: null, reactions: new Map(), statuses: ['SENT'] };
  for (const { name } of steps) ACTS[name].does?.(model);
  const text = model.edit?.text ?? 'original';
  return {
    type: 'TEXT',
    content: model.revokedAt === null ? text : null,
    status: RANKS[Math.max(...model.statuses.map((state) => RANKS.indexOf(state)))],
    editedAt: iso(model.edit?.at),
    revokedAt: iso(model.revokedAt),
    reactions: [...model.reactions]
      .filter(([, { emoji }]) => emoji !== '')
      .map(([author, { emoji }]) => `${author} ${emoji}`)
      .toSorted(),
  };
}

function shown({ type, content: text, status: state, editedAt, revokedAt, reactions }: Message) {
  const authors = reactions.map(({ author, emoji }) => `${author === 'me' ? 'me' : 'customer'} ${emoji}`).toSorted();
  return { type, content: text, status: state, editedAt, revokedAt, reactions: authors };
}

/** What a screen has of the message that only listened. */
function heard(events: { type: string; payload: Record<string, unknown> }[], id: string) {
  let message = null as Message | null;
  for (const { type, payload } of events) {
    const told = payload['message'] as Message | undefined;
    if (told?.externalId === id) message = told;
    else if (message && type === 'message.status' && payload['externalId'] === id) {
      message = { ...message, status: payload['status'] as Message['status'] };
    }
  }
  if (message === null) return null;
  // A later copy of the same words or emoji moves their time without a word to the screens.
  const { editedAt, ...rest } = shown(message);
  return { ...rest, edited: editedAt !== null };
}

function stepsOf(spellings: fc.Arbitrary<Spelling>): fc.Arbitrary<Step[]> {
  const names = fc.constantFrom(...(Object.keys(ACTS) as Name[]));
  const step = fc.record({ name: names, spelling: spellings, isTogether: fc.boolean() });
  return fc
    .tuple(fc.array(step, { maxLength: 12 }), fc.nat(), spellings)
    .map(([steps, place, spelling]) =>
      steps.toSpliced(place % (steps.length + 1), 0, { name: 'content', spelling, isTogether: false }),
    );
}

function newTarget(fromMe: boolean): Target {
  return {
    id: unique('target'),
    pn: jidOf(uniquePhone()),
    lid: `8844${unique('').slice(1).padStart(10, '0')}@lid`,
    fromMe,
  };
}

/** Posts the steps, together where they say so; gives back what the log gained. */
async function play(to: Target, steps: Step[]) {
  const deliveries: object[][] = [];
  for (const { name, spelling, isTogether } of steps) {
    const body = ACTS[name].body(to, keyOf(to, spelling));
    const last = deliveries.at(-1);
    if (isTogether && last) last.push(body);
    else deliveries.push([body]);
  }
  return rig.eventsDuring(async () => {
    for (const delivery of deliveries) {
      const counts = await rig.post(delivery);
      expect(counts).not.toHaveProperty('rejected');
    }
  });
}

describe('any order and multiplicity', () => {
  test('under one name: one message, told once, and a screen that listened has what REST shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), stepsOf(fc.constant('pn')), async (fromMe, steps) => {
        const to = newTarget(fromMe);
        const events = await play(to, steps);
        const end = expected(steps);
        expect(shown(await rig.messageOf(to.id))).toEqual(end);
        expect(events.filter(({ type }) => type === 'ticket.message')).toHaveLength(1);
        const { editedAt, ...rest } = end;
        expect(heard(events, to.id)).toEqual({ ...rest, edited: editedAt !== null });
        expect(await rig.ticketOf(to.id)).toMatchObject({
          lastMessagePreview: end.content,
          unread: fromMe ? 0 : 1,
          metadata: { timeline: { inboundCount: fromMe ? 0 : 1, outboundCount: fromMe ? 1 : 0 } },
        });
        expect(await rig.rows('select 1 from parked_events where target_id = $1', [to.id])).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('under the number, the hidden id or both: one person, one message, one open ticket', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), stepsOf(fc.constantFrom(...SPELLINGS)), async (fromMe, steps) => {
        const to = newTarget(fromMe);
        // The names are joined at the latest by a copy of the content that tells both.
        const all: Step[] = [...steps, { name: 'content', spelling: 'pn+lid', isTogether: false }];
        await play(to, all);
        expect(shown(await rig.messageOf(to.id))).toEqual(expected(all));
        const tickets = await rig.ticketsOf(to.id);
        expect(tickets).toMatchObject([
          { status: 'OPEN', unread: fromMe ? 0 : 1, lastMessagePreview: expected(all).content },
        ]);
        expect(await rig.rows('select 1 from parked_events where target_id = $1', [to.id])).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

// Who a message is from: every spelling of one person is one contact, and evidence merges two (DESIGN 3).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ago, envelope, jidOf, secondsAgo, unique, uniquePhone } from './webhook-rig.js';
import { bootIdentity, raw, type IdentityRig } from './identity-rig.js';

let rig: IdentityRig;
let lids = 0;
beforeAll(async () => {
  rig = await bootIdentity();
});
afterAll(() => rig.close());

function uniqueLid(): string {
  return `8811002200${String(1000 + (lids += 1))}@lid`;
}
describe('spellings', () => {
  /** `local` has eight digits; each list names one person. */
  const PEOPLE: Record<string, (local: string) => string[]> = {
    'a Brazilian mobile with and without the ninth digit': (local) => [
      `+55119${local}`,
      `5511${local}`,
      `55 (11) 9${local.slice(0, 4)}-${local.slice(4)}`,
      `5511${local}@s.whatsapp.net`,
      `55119${local}@c.us`,
      `5511${local}:12@s.whatsapp.net`,
    ],
    'a Mexican number as 521 and 52': (local) => [`52155${local}`, `+5255${local}`, `52155${local}@c.us`],
    'an Argentinian number as 549 and 54': (local) => [
      `54911${local}`,
      `+5411${local}`,
      `54911${local}@s.whatsapp.net`,
    ],
  };
  test.each(Object.entries(PEOPLE))('%s is one contact and one ticket', async (_, spellings) => {
    for (const rotate of [0, 1]) {
      const all = spellings(`8${String(7_000_000 + Math.floor(rotate * 1000) + (lids += 1))}`);
      const ids = all.map(() => unique('spelling'));
      const order = rotate === 0 ? all : all.toReversed();
      for (const [n, phone] of order.entries()) await rig.post(envelope({ id: ids[n] ?? '', phone }));
      expect(await rig.contactsOf(...ids)).toHaveLength(1);
      expect(await rig.ticketsOf(ids[0] ?? '')).toMatchObject([{ unread: all.length }]);
    }
  });

  test('a landline gains no ninth digit: it is somebody else', async () => {
    const [land, mobile] = [unique('land'), unique('mobile')];
    await rig.post([envelope({ id: land, phone: '+551132345678' }), envelope({ id: mobile, phone: '+5511932345678' })]);
    expect(await rig.contactsOf(land, mobile)).toHaveLength(2);
  });

  test('the contact’s phone, the key’s jid and its device suffix are one person', async () => {
    const phone = uniquePhone();
    const ids = [unique('key'), unique('key'), unique('key')];
    const digits = phone.slice(1);
    await rig.post(raw({ remoteJid: `${digits}:3@s.whatsapp.net` }, { id: ids[0] ?? '' }));
    await rig.post(raw({ remoteJid: `${digits}@c.us` }, { id: ids[1] ?? '' }));
    await rig.post(envelope({ id: ids[2] ?? '', phone, metadata: { remoteJid: `${digits}@s.whatsapp.net` } }));
    expect(await rig.contactsOf(...ids)).toHaveLength(1);
  });

  test('the spelling as received stays on the alias', async () => {
    const id = unique('spelling');
    await rig.post(envelope({ id, phone: '5511 9 8765-0001' }));
    const [contactId] = await rig.contactsOf(id);
    const values = await rig.rows('select kind, value from contact_aliases where contact_id = $1', [contactId]);
    expect(values).toContainEqual({ kind: 'phone', value: '5511 9 8765-0001' });
    expect(await rig.contactOf(id)).toMatchObject({ phone: '+5511987650001' });
  });

  test('a lid that looks like a phone is no phone', async () => {
    const id = unique('lid');
    await rig.post(raw({ remoteJid: '5511977770001@lid' }, { id }));
    expect(await rig.contactOf(id)).toMatchObject({ phone: null, name: 'Zuleica' });
  });
});

describe('hidden ids', () => {
  test.each([
    ['remoteJidAlt', (jid: string) => ({ remoteJidAlt: jid })],
    ['senderPn', (jid: string) => ({ senderPn: jid })],
  ])('a lid with its phone in %s is the person of that phone', async (_, alt) => {
    const [phone, lid] = [uniquePhone(), uniqueLid()];
    const [known, hidden, alone] = [unique('known'), unique('hidden'), unique('alone')];
    await rig.post(envelope({ id: known, phone }));
    await rig.post(raw({ remoteJid: lid, ...alt(jidOf(phone)) }, { id: hidden }));
    await rig.post(raw({ remoteJid: lid }, { id: alone }));
    expect(await rig.contactsOf(known, hidden, alone)).toHaveLength(1);
    expect(await rig.ticketsOf(known)).toMatchObject([{ unread: 3 }]);
  });

  test('a lid alone is a contact without a phone', async () => {
    const id = unique('alone');
    expect(await rig.post(raw({ remoteJid: uniqueLid() }, { id }))).toEqual({ queued: 1 });
    expect(await rig.contactOf(id)).toMatchObject({ phone: null, name: 'Zuleica' });
    expect((await rig.ticketOf(id)).contact).toMatchObject({ phone: null });
  });

  test('a lid is of its instance: the same one elsewhere is somebody else', async () => {
    const lid = uniqueLid();
    const [here, there] = [unique('here'), unique('there')];
    await rig.post([
      raw({ remoteJid: lid }, { id: here }),
      { ...raw({ remoteJid: lid }, { id: there }), instanceId: 'instance-42' },
    ]);
    expect(await rig.contactsOf(here, there)).toHaveLength(2);
  });

  test.each([
    ['a message under both', (lid: string, phone: string) => raw({ remoteJid: lid, remoteJidAlt: jidOf(phone) })],
    [
      'a mapping of the broker',
      (lid: string, phone: string) => ({
        event: 'lid-mapping.update',
        instanceId: 'demo',
        data: { lid, pn: jidOf(phone) },
      }),
    ],
    [
      'the address book',
      (lid: string, phone: string) => ({
        event: 'contacts.update',
        instanceId: 'demo',
        data: [{ id: jidOf(phone), lid }],
      }),
    ],
  ])('a lid revealed later by %s merges contacts and tickets and tells it', async (_, reveal) => {
    const [phone, lid] = [uniquePhone(), uniqueLid()];
    const [hidden, open] = [unique('hidden'), unique('open')];
    await rig.post(raw({ remoteJid: lid }, { id: hidden, minutes: 60, pushName: '' }));
    await rig.post(envelope({ id: open, phone, at: ago(30), contact: { name: 'Maria' } }));
    expect(await rig.contactsOf(hidden, open)).toHaveLength(2);
    const events = await rig.eventsDuring(() => rig.post(reveal(lid, phone)));
    expect(await rig.contactsOf(hidden, open)).toHaveLength(1);
    const types = events.map(({ type }) => type);
    expect(types.indexOf('contact.merged')).toBeGreaterThanOrEqual(0);
    expect(types).toContain('ticket.updated');
    const [ticket, ...more] = await rig.ticketsOf(open);
    expect(more).toEqual([]);
    expect(ticket).toMatchObject({ status: 'OPEN', contact: { name: 'Maria', phone } });
    const own = _ === 'a message under both' ? 1 : 0;
    expect(ticket?.metadata.timeline).toMatchObject({
      inboundCount: 2 + own,
      firstInboundAt: new Date(secondsAgo(60) * 1e3).toISOString(),
    });
    expect(ticket?.unread).toBe(2 + own);
    const after = unique('after');
    await rig.post(raw({ remoteJid: lid }, { id: after }));
    expect((await rig.ticketOf(after)).id).toBe(ticket?.id);
  });

  test('the same id, direction and timestamp under a lid and under a phone is one message, merged', async () => {
    const [phone, lid, id] = [uniquePhone(), uniqueLid(), unique('twice')];
    await rig.post(raw({ remoteJid: lid }, { id }));
    const events = await rig.eventsDuring(async () =>
      expect(await rig.post(raw({ remoteJid: jidOf(phone) }, { id }))).toEqual({ duplicates: 1 }),
    );
    expect(events).toMatchObject([{ type: 'contact.updated', payload: { changes: { phone } } }]);
    expect(await rig.ticketsOf(id)).toMatchObject([{ unread: 1, metadata: { timeline: { inboundCount: 1 } } }]);
    expect(await rig.contactOf(id)).toMatchObject({ phone });
  });

  test('two contacts that are known already are merged by it, and both copies in one delivery are one message', async () => {
    const [phone, lid, id] = [uniquePhone(), uniqueLid(), unique('twice')];
    const before = unique('before');
    await rig.post([raw({ remoteJid: lid }, { id }), envelope({ id: before, phone })]);
    const events = await rig.eventsDuring(async () =>
      expect(await rig.post(raw({ remoteJid: jidOf(phone) }, { id }))).toEqual({ duplicates: 1 }),
    );
    expect(events.map(({ type }) => type)).toContain('contact.merged');
    expect(events.map(({ type }) => type)).not.toContain('ticket.message');
    expect(await rig.contactsOf(id, before)).toHaveLength(1);
    expect(await rig.ticketsOf(id)).toMatchObject([{ unread: 2 }]);

    const [other, both] = [uniquePhone(), unique('both')];
    const copies = [raw({ remoteJid: uniqueLid() }, { id: both }), raw({ remoteJid: jidOf(other) }, { id: both })];
    expect(await rig.post(copies)).toEqual({ queued: 1, duplicates: 1 });
    expect(await rig.contactOf(both)).toMatchObject({ phone: other });
  });

  test('another timestamp or direction is no evidence', async () => {
    const [phone, lid, id] = [uniquePhone(), uniqueLid(), unique('twice')];
    await rig.post(raw({ remoteJid: lid }, { id, minutes: 5 }));
    expect(await rig.post(raw({ remoteJid: jidOf(phone) }, { id, minutes: 6 }))).toEqual({ queued: 1 });
    expect(await rig.post(raw({ remoteJid: jidOf(phone), fromMe: true }, { id, minutes: 5 }))).toEqual({ queued: 1 });
    expect(await rig.contactsOf(id)).toHaveLength(2);
  });

  test('two phones with one id are two messages of two people', async () => {
    const id = unique('reused');
    const [one, two] = [uniquePhone(), uniquePhone()];
    const at = ago(5);
    await rig.post(envelope({ id, phone: one, at, text: 'first' }));
    expect(await rig.post(envelope({ id, phone: two, at, text: 'forged' }))).toEqual({ queued: 1 });
    expect(new Set((await rig.messagesOf(id)).map(({ content }) => content))).toEqual(new Set(['first', 'forged']));
    expect(await rig.contactsOf(id)).toHaveLength(2);
  });

  test('an envelope whose contact is another number than its key joins nobody', async () => {
    const [mine, theirs] = [uniquePhone(), uniquePhone()];
    const [known, forged] = [unique('known'), unique('forged')];
    await rig.post(envelope({ id: known, phone: theirs }));
    await rig.post(envelope({ id: forged, phone: theirs, metadata: { remoteJid: jidOf(mine) } }));
    expect(await rig.contactsOf(known, forged)).toHaveLength(2);
    expect(await rig.contactOf(forged)).toMatchObject({ phone: mine });
  });
});

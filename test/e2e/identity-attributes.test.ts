// What is known of a person: names, avatars, the keys nobody knows (DESIGN 3, whatsapp-broker "Contact attributes").
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ago, envelope, jidOf, unique, uniquePhone } from './webhook-rig.js';
import { bootIdentity, raw, type IdentityRig } from './identity-rig.js';

let rig: IdentityRig;
beforeAll(async () => {
  rig = await bootIdentity();
});
afterAll(() => rig.close());

describe('attributes', () => {
  const say = (phone: string, attributes: object, minutes: number, id = unique('word')) =>
    envelope({ id, phone, at: ago(minutes), contact: { ...attributes } });

  test.each([[''], ['   '], ['Você'], [null], [7.5], [{}], [['x']]])(
    'the name %j never erases a name',
    async (name) => {
      const [phone, id] = [uniquePhone(), unique('named')];
      await rig.post(say(phone, { name: 'Maria' }, 10, id));
      await rig.post(say(phone, { name }, 5));
      const { name: kept } = await rig.contactOf(id);
      expect(kept).toBe(typeof name === 'number' ? '7.5' : 'Maria');
    },
  );

  test('an older event never renames; one as new does', async () => {
    const [phone, id] = [uniquePhone(), unique('named')];
    await rig.post(say(phone, { name: 'Maria', avatarUrl: 'https://a.example/2.jpg' }, 10, id));
    const events = await rig.eventsDuring(() =>
      rig.post(say(phone, { name: 'Marie', avatarUrl: 'https://a.example/1.jpg' }, 20)),
    );
    expect(events.map(({ type }) => type)).toEqual(['ticket.message']);
    expect(await rig.contactOf(id)).toMatchObject({ name: 'Maria', avatarUrl: 'https://a.example/2.jpg' });
    await rig.post(say(phone, { name: 'Mariah' }, 10));
    expect(await rig.contactOf(id)).toMatchObject({ name: 'Mariah' });
  });

  test('contact.updated carries changed keys only', async () => {
    const [phone, id] = [uniquePhone(), unique('named')];
    await rig.post(say(phone, { name: 'Maria', document: '1' }, 10, id));
    const events = await rig.eventsDuring(async () => {
      await rig.post(say(phone, { name: 'Maria', document: '1' }, 8));
      await rig.post(say(phone, { name: 'Maria', document: '2' }, 6));
    });
    const updates = events.filter(({ type }) => type === 'contact.updated').map(({ payload }) => payload);
    expect(updates).toMatchObject([{ changes: { document: '2' } }]);
    expect(Object.keys(updates[0]?.['changes'] ?? {})).toEqual(['document']);
  });

  test('unknown contact keys are kept under metadata', async () => {
    const [phone, id] = [uniquePhone(), unique('more')];
    await rig.post(say(phone, { name: 'Maria', crmId: 7, tags: ['vip'], metadata: { source: 'ad' } }, 10, id));
    const [row] = await rig.rows('select metadata from contacts where phone = $1', [phone]);
    expect(row?.['metadata']).toEqual({ crmId: 7, tags: ['vip'], source: 'ad' });
    expect((await rig.messageOf(id)).metadata.contact).toMatchObject({ crmId: 7, name: 'Maria', phone });
  });

  test('one bad contact field drops only itself', async () => {
    const [phone, id] = [uniquePhone(), unique('bad')];
    const bad = { name: { first: 'x' }, document: ['1'], registrations: 'ABC', avatarUrl: 7, pushName: 'Zu' };
    expect(await rig.post(say(phone, bad, 10, id))).toEqual({ queued: 1 });
    expect(await rig.contactOf(id)).toMatchObject({ phone, name: 'Zu', document: null, registrations: null });
  });

  test('in our own messages the profile name is ours and names nobody', async () => {
    const [phone, id] = [uniquePhone(), unique('own')];
    await rig.post(raw({ remoteJid: jidOf(phone), fromMe: true }, { id, pushName: 'The shop' }));
    expect(await rig.contactOf(id)).toMatchObject({ phone, name: null });
  });

  test('the address book names a person without a message', async () => {
    const phone = uniquePhone();
    const news = { event: 'contacts.upsert', instanceId: 'demo', data: [{ id: jidOf(phone), name: 'Dona Zuleica' }] };
    expect(await rig.post(news)).toEqual({ queued: 1 });
    expect(await rig.post(news)).toEqual({ duplicates: 1 });
    const rows = await rig.rows('select name from contacts where phone = $1', [phone]);
    expect(rows).toEqual([{ name: 'Dona Zuleica' }]);
  });
});

// News about a person: never erased by nothing, never by something older, told by changed keys only (DESIGN 3).
import type { ContactAttributes } from '@recado/contracts';
import { describe, expect, test } from 'vitest';
import type { ContactRow } from '../db/sql/rows.js';
import { contactChanges, publicChanges } from './contact-attributes.js';

const at = new Date('2024-05-02T13:05:00.000Z');
const earlier = new Date('2024-05-02T13:04:59.999Z');
const later = new Date('2024-05-02T13:05:00.001Z');

function contact(known: Partial<ContactRow> = {}): ContactRow {
  return {
    tenantId: 'demo',
    id: 'c',
    kind: 'person',
    name: null,
    nameAt: null,
    pushName: null,
    phone: null,
    document: null,
    registrations: null,
    avatarUrl: null,
    avatarAt: null,
    metadata: {},
    mergedInto: null,
    createdAt: at,
    updatedAt: at,
    ...known,
  };
}
function news(attributes: Partial<ContactAttributes>, when = at, phone: string | null = null) {
  const none = { phone: null, name: null, document: null, registrations: null, avatarUrl: null, pushName: null };
  return { attributes: { ...none, metadata: {}, ...attributes }, phone, at: when };
}

describe('names', () => {
  test.each(['', '  ', 'Você', ' Você ', null])('%j is nobody’s name', (name) => {
    expect(contactChanges(contact({ name: 'Maria' }), news({ name, pushName: name }, later))).toEqual({});
  });

  test('an older event never renames, one as new does', () => {
    const known = contact({ name: 'Maria', nameAt: at });
    expect(contactChanges(known, news({ name: 'Mary' }, earlier))).toEqual({});
    expect(contactChanges(known, news({ name: 'Mary' }, at))).toEqual({ name: 'Mary', nameAt: at });
    expect(contactChanges(known, news({ name: 'Mary' }, later))).toEqual({ name: 'Mary', nameAt: later });
  });

  test('a push name stands in for a name until somebody gives a real one', () => {
    expect(contactChanges(contact(), news({ pushName: 'zu' }))).toEqual({ name: 'zu', pushName: 'zu', nameAt: at });
    const standIn = contact({ name: 'zu', pushName: 'zu', nameAt: at });
    expect(contactChanges(standIn, news({ pushName: 'zuzu' }, later))).toMatchObject({ name: 'zuzu' });
    expect(contactChanges(standIn, news({ name: 'Zuleica' }, later))).toMatchObject({ name: 'Zuleica' });
    const named = contact({ name: 'Zuleica', pushName: 'zu', nameAt: at });
    expect(contactChanges(named, news({ pushName: 'zuzu' }, later))).toEqual({ pushName: 'zuzu', nameAt: later });
  });

  test('the same again is no change', () => {
    const known = contact({
      name: 'Maria',
      pushName: 'mari',
      document: '1',
      registrations: ['A', 'B'],
      metadata: { a: 1 },
    });
    const same = { name: 'Maria', pushName: 'mari', document: '1', registrations: ['A', 'B'], metadata: { a: 1 } };
    expect(contactChanges(known, news(same, later))).toEqual({});
  });
});

describe('the other attributes', () => {
  test('an avatar goes by its own time', () => {
    const known = contact({ name: 'Maria', nameAt: earlier, avatarUrl: 'https://a/2', avatarAt: later });
    expect(contactChanges(known, news({ avatarUrl: 'https://a/1' }, at))).toEqual({});
    expect(contactChanges({ ...known, avatarAt: at }, news({ avatarUrl: 'https://a/3' }, at))).toEqual({
      avatarUrl: 'https://a/3',
      avatarAt: at,
    });
  });

  test('a phone fills a gap, whenever it was told, and never replaces one', () => {
    expect(contactChanges(contact({ nameAt: later }), news({}, at, '+5511999999999'))).toEqual({
      phone: '+5511999999999',
    });
    expect(contactChanges(contact({ phone: '+1' }), news({}, later, '+2'))).toEqual({});
  });

  test('unknown keys gather under metadata, within bounds', () => {
    expect(contactChanges(contact({ metadata: { a: 1 } }), news({ metadata: { b: 2 } }))).toEqual({
      metadata: { a: 1, b: 2 },
    });
    expect(contactChanges(contact(), news({ metadata: { big: 'x'.repeat(20_000) } }))).toEqual({});
  });

  test('what is told are the contract’s names only', () => {
    expect(publicChanges({ name: 'Maria', nameAt: at, avatarUrl: 'u', avatarAt: at })).toEqual({
      name: 'Maria',
      avatarUrl: 'u',
    });
  });
});

// Replies, offers and the long tail of kinds.
import { describe, expect, test } from 'vitest';
import { readContent } from './content.js';

describe('replies and the long tail', () => {
  test.each<[string, object, object]>([
    [
      'buttonsResponseMessage',
      { selectedButtonId: 'b1', selectedDisplayText: 'Sim' },
      { type: 'INTERACTIVE', content: 'Sim', extra: { selectedId: 'b1' } },
    ],
    ['templateButtonReplyMessage', { selectedId: 't1' }, { type: 'INTERACTIVE', content: 't1' }],
    [
      'interactiveResponseMessage',
      { body: { text: 'Ok' }, nativeFlowResponseMessage: { name: 'menu', paramsJson: '{"id":"x1"}' } },
      { type: 'INTERACTIVE', content: 'Ok', extra: { selectedId: 'x1', flow: 'menu' } },
    ],
    [
      'interactiveResponseMessage',
      { body: { text: 'Ok' }, nativeFlowResponseMessage: { paramsJson: '{broken' } },
      { type: 'INTERACTIVE', content: 'Ok' },
    ],
    [
      'interactiveMessage',
      { header: { imageMessage: {} }, body: { text: 'Escolha' } },
      { type: 'INTERACTIVE', content: 'Escolha', media: { kind: 'image' } },
    ],
    ['templateMessage', { hydratedTemplate: { hydratedContentText: 'Olá' } }, { type: 'TEMPLATE', content: 'Olá' }],
    [
      'pollCreationMessageV3',
      { name: 'Quando?', options: [{ optionName: 'hoje' }] },
      { type: 'POLL', content: 'Quando?', extra: { options: ['hoje'] } },
    ],
    [
      'orderMessage',
      { orderId: 'o1', itemCount: 2, totalAmount1000: '15500', totalCurrencyCode: 'BRL' },
      { type: 'ORDER', content: '2 × · BRL 15.50', extra: { orderId: 'o1' } },
    ],
    ['groupInviteMessage', { caption: 'entra' }, { type: 'TEXT', content: 'entra' }],
    ['eventMessage', { name: 'festa' }, { type: 'UNSUPPORTED', content: 'festa', extra: { kind: 'eventMessage' } }],
    ['holographicMessage', {}, { type: 'UNSUPPORTED', extra: { kind: 'holographicMessage' } }],
    ['callLogMesssage', {}, { action: 'ignore', reason: 'call' }],
    ['pollUpdateMessage', {}, { action: 'ignore', reason: 'protocol_message' }],
  ])('%s', (name, value, expected) => {
    expect(readContent({ [name]: value })).toMatchObject(expected);
  });
});

test('parameters of megabytes are not parsed, and of a list of thousands the first are read', () => {
  const read = (paramsJson: string) =>
    readContent({ interactiveResponseMessage: { nativeFlowResponseMessage: { paramsJson } } });
  expect(read(JSON.stringify({ id: 'x1', pad: 'a'.repeat(1_000) }))).toMatchObject({ content: 'x1' });
  expect(read(JSON.stringify({ id: 'x1', pad: 'a'.repeat(70_000) }))).toMatchObject({ content: null });
  const contacts = Array.from({ length: 2_000 }, () => ({ displayName: 'Ana', vcard: 'TEL:1' }));
  expect(readContent({ contactsArrayMessage: { contacts } })).toHaveProperty('contacts.length', 300);
});

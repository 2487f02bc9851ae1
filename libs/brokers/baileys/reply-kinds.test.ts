// Replies, polls, calls and the long tail of kinds.
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
      'pollCreationMessageV3',
      { name: 'Quando?', options: [{ optionName: 'hoje' }] },
      { type: 'POLL', content: 'Quando?', extra: { options: ['hoje'], selectable: 0 } },
    ],
    ...['', 'V2', 'V3', 'V4', 'V5'].map((version): [string, object, object] => [
      `pollCreationMessage${version}`,
      { name: 'Cor?', options: [{ optionName: 'azul' }, { optionName: 'verde' }], selectableOptionsCount: 1 },
      { type: 'POLL', content: 'Cor?', extra: { options: ['azul', 'verde'], selectable: 1 } },
    ]),
    [
      'pollCreationMessageV4',
      { message: { pollCreationMessageV3: { name: 'Cor?', options: [] } } },
      { type: 'POLL', content: 'Cor?', extra: { kind: 'pollCreationMessageV3' } },
    ],
    [
      'pollResultSnapshotMessage',
      { name: 'Cor?', pollVotes: [{ optionName: 'azul', optionVoteCount: '3' }] },
      { type: 'POLL', content: 'Cor?', extra: { results: [{ option: 'azul', votes: 3 }] } },
    ],
    [
      'listResponseMessage',
      { title: 'Sim', singleSelectReply: { selectedRowId: 'r1' } },
      { type: 'INTERACTIVE', content: 'Sim', extra: { selectedId: 'r1' } },
    ],
    [
      'orderMessage',
      { orderId: 'o1', itemCount: 2, totalAmount1000: '15500', totalCurrencyCode: 'BRL' },
      { type: 'ORDER', content: '2 × · BRL 15.50', extra: { orderId: 'o1' } },
    ],
    [
      'productMessage',
      { product: { productId: 'p1', title: 'Bolo', priceAmount1000: '25500', currencyCode: 'BRL' } },
      { type: 'TEXT', content: 'Bolo · BRL 25.50', extra: { productId: 'p1', price: 'BRL 25.50' } },
    ],
    [
      'groupInviteMessage',
      { caption: 'entra', groupJid: '120363@g.us', groupName: 'Obra', inviteExpiration: '1749300000' },
      {
        type: 'TEXT',
        content: 'entra',
        extra: { invite: { groupJid: '120363@g.us', name: 'Obra', expiresAt: '2025-06-07T12:40:00.000Z' } },
      },
    ],
    [
      'eventMessage',
      { name: 'festa', startTime: 1749300000, location: { degreesLatitude: 1, degreesLongitude: 2, name: 'Sede' } },
      {
        type: 'UNSUPPORTED',
        content: 'festa',
        location: { latitude: 1, longitude: 2, name: 'Sede' },
        extra: { kind: 'eventMessage', startsAt: '2025-06-07T12:40:00.000Z' },
      },
    ],
    ['newsletterAdminInviteMessage', { caption: 'venha' }, { type: 'UNSUPPORTED', content: 'venha' }],
    ['requestPhoneNumberMessage', {}, { type: 'UNSUPPORTED', extra: { kind: 'requestPhoneNumberMessage' } }],
    [
      'sendPaymentMessage',
      { noteMessage: { extendedTextMessage: { text: 'aluguel' } } },
      { type: 'UNSUPPORTED', content: 'aluguel', extra: { kind: 'sendPaymentMessage' } },
    ],
    [
      'requestPaymentMessage',
      { amount1000: '150000', currencyCodeIso4217: 'BRL' },
      { type: 'UNSUPPORTED', content: 'BRL 150.00' },
    ],
    [
      'scheduledCallCreationMessage',
      { title: 'reunião', scheduledTimestampMs: '1749300000000' },
      { type: 'UNSUPPORTED', content: 'reunião', extra: { startsAt: '2025-06-07T12:40:00.000Z' } },
    ],
    [
      'richResponseMessage',
      { submessages: [{ messageText: 'uma' }, { messageType: 3 }, { messageText: 'duas' }] },
      { type: 'UNSUPPORTED', content: 'uma\nduas', extra: { kind: 'richResponseMessage' } },
    ],
    ['stickerPackMessage', { name: 'Gatos' }, { type: 'UNSUPPORTED', content: 'Gatos' }],
    [
      'lottieStickerMessage',
      { message: { stickerMessage: { isLottie: true } } },
      { type: 'STICKER', extra: { animated: true } },
    ],
    ['pinInChatMessage', { key: {} }, { action: 'ignore', reason: 'system_message' }],
    ['keepInChatMessage', { key: {} }, { action: 'ignore', reason: 'system_message' }],
    ['holographicMessage', {}, { type: 'UNSUPPORTED', extra: { kind: 'holographicMessage' } }],
    [
      'callLogMesssage',
      { isVideo: true, callOutcome: 'MISSED' },
      { type: 'SYSTEM', quiet: false, extra: { kind: 'missed_call', video: true, outcome: 'missed' } },
    ],
    [
      'callLogMesssage',
      { callOutcome: 0, durationSecs: '65' },
      { type: 'SYSTEM', quiet: true, extra: { kind: 'call', video: false, outcome: 'connected', durationSeconds: 65 } },
    ],
    ['call', { callKey: 'x' }, { action: 'ignore', reason: 'call' }],
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

// Good deliveries of every kind and vintage, for the mutator to spoil.
import { CONTRACT_SAMPLE } from '../../support/samples.js';

type Json = Record<string, unknown>;

const PN = '5511977770001@s.whatsapp.net';
const LID = '88110022003300@lid';
const GROUP = '120363000000000001@g.us';
const AT = 1_714_655_100;
/** The spellings one number and one byte string came in over the years. */
const LONG = { low: AT, high: 0, unsigned: true };
const BYTES = { base64: 'AQIDBA==', buffer: { type: 'Buffer', data: [1, 2, 3, 4] }, map: { 0: 1, 1: 2, 2: 3, 3: 4 } };

const key = { remoteJid: PN, fromMe: false, id: '3EB0AA11' };
const context = {
  stanzaId: '3EB0BB22',
  participant: LID,
  quotedMessage: { conversation: 'antes' },
  mentionedJid: [PN],
};
const file = {
  mimetype: 'image/jpeg',
  fileLength: LONG,
  mediaKey: BYTES.map,
  fileSha256: BYTES.buffer,
  fileEncSha256: BYTES.base64,
  directPath: '/v/t',
  url: 'https://mmg.whatsapp.net/x',
  jpegThumbnail: BYTES.base64,
};

const CONTENTS: Json[] = [
  { conversation: 'Oi, tudo bem? 😀' },
  { extendedTextMessage: { text: 'olha https://x.br', contextInfo: context, matchedText: 'https://x.br' } },
  { imageMessage: { ...file, caption: 'foto', width: 10, height: '20', contextInfo: context } },
  { videoMessage: { ...file, mimetype: 'video/mp4', seconds: 12, gifPlayback: true } },
  { audioMessage: { ...file, mimetype: 'audio/ogg', seconds: LONG, ptt: true, waveform: BYTES.base64 } },
  { documentMessage: { ...file, fileName: 'nota.pdf', pageCount: 2 } },
  {
    documentWithCaptionMessage: { message: { documentMessage: { ...file, fileName: 'nota.pdf', caption: 'a nota' } } },
  },
  { stickerMessage: { ...file, mimetype: 'image/webp', isAnimated: true } },
  { locationMessage: { degreesLatitude: -23.5, degreesLongitude: '-46,6', name: 'Loja', address: 'Rua 1' } },
  { liveLocationMessage: { degreesLatitude: 0, degreesLongitude: 0, sequenceNumber: LONG } },
  {
    contactMessage: {
      displayName: 'Zé',
      vcard: 'BEGIN:VCARD\nFN:Zé\nTEL;waid=5511977770002:+55 11 97777-0002\nEND:VCARD',
    },
  },
  { contactsArrayMessage: { displayName: '2', contacts: [{ displayName: 'A', vcard: 'BEGIN:VCARD\nEND:VCARD' }] } },
  { reactionMessage: { key, text: '👍', senderTimestampMs: String(AT * 1000) } },
  { protocolMessage: { key, type: 0 } },
  { protocolMessage: { key, type: 'MESSAGE_EDIT', editedMessage: { conversation: 'corrigido' }, timestampMs: LONG } },
  {
    editedMessage: { message: { protocolMessage: { key, editedMessage: { extendedTextMessage: { text: 'novo' } } } } },
  },
  {
    pollCreationMessageV3: {
      name: 'Qual?',
      options: [{ optionName: 'A' }, { optionName: 'B' }],
      selectableOptionsCount: 1,
    },
  },
  { pollUpdateMessage: { pollCreationMessageKey: key, vote: { encPayload: BYTES.base64, encIv: BYTES.base64 } } },
  { buttonsResponseMessage: { selectedButtonId: 'b1', selectedDisplayText: 'Sim', contextInfo: context } },
  { listResponseMessage: { title: 'Lista', singleSelectReply: { selectedRowId: 'r1' } } },
  { templateButtonReplyMessage: { selectedId: 't1', selectedDisplayText: 'Ok' } },
  { interactiveResponseMessage: { nativeFlowResponseMessage: { name: 'flow', paramsJson: '{"a":1}' } } },
  {
    interactiveMessage: {
      body: { text: 'corpo' },
      header: { title: 'T' },
      nativeFlowMessage: { buttons: [{ buttonParamsJson: '{}' }] },
    },
  },
  { templateMessage: { hydratedTemplate: { hydratedContentText: 'modelo', templateId: '1' } } },
  { orderMessage: { orderId: 'o1', itemCount: 2, totalAmount1000: LONG, message: 'pedido' } },
  { productMessage: { product: { productId: 'p', title: 'Camisa', priceAmount1000: LONG } } },
  { groupInviteMessage: { groupJid: GROUP, groupName: 'G', inviteCode: 'c' } },
  { eventMessage: { name: 'Festa', startTime: LONG } },
  { albumMessage: { expectedImageCount: 2, expectedVideoCount: 0 } },
  { ephemeralMessage: { message: { viewOnceMessageV2: { message: { imageMessage: file } } } } },
  { call: { callKey: BYTES.buffer } },
  { hologramMessage: { url: 'x' } },
  { messageContextInfo: { messageSecret: BYTES.buffer }, conversation: 'com segredo' },
];

const upserts = CONTENTS.flatMap((message, n): Json[] => [
  {
    event: 'messages.upsert',
    instanceId: 'demo',
    data: {
      type: 'notify',
      messages: [{ key: { ...key, id: `U${n}` }, messageTimestamp: AT + n, pushName: 'Maria', message }],
    },
  },
  {
    ...CONTRACT_SAMPLE,
    id: `E${n}`,
    instanceId: 'demo',
    payload: { ...CONTRACT_SAMPLE.payload, instanceId: 'demo', message },
  },
]);

const OTHERS: unknown[] = [
  CONTRACT_SAMPLE,
  [CONTRACT_SAMPLE, { ...CONTRACT_SAMPLE, id: 'wamid-124', type: 'MESSAGE_OUTBOUND' }],
  { events: [CONTRACT_SAMPLE] },
  { body: { items: [CONTRACT_SAMPLE] } },
  {
    event: 'message',
    direction: 'inbound',
    instanceId: 'demo',
    timestamp: AT,
    from: { contact: { phone: '+5511977770001' } },
    message: { id: 'W1', conversation: 'oi' },
    metadata: { remoteJid: PN },
  },
  {
    instanceId: 'demo',
    key: { ...key, remoteJid: LID, remoteJidAlt: PN },
    messageTimestamp: LONG,
    message: { conversation: 'bare' },
  },
  {
    instanceId: 'demo',
    key: { remoteJid: GROUP, participant: LID, participantAlt: PN, id: 'G1' },
    message: { conversation: 'no grupo' },
  },
  {
    event: 'messages.upsert',
    instanceId: 'demo',
    data: { key, messageStubType: 'CIPHERTEXT', messageStubParameters: ['No session'] },
  },
  { event: 'messages.upsert', instanceId: 'demo', data: { key, messageStubType: 68 } },
  {
    event: 'WHATSAPP_MESSAGES_UPDATE',
    instanceId: 'demo',
    payload: {
      raw: {
        updates: [
          { key: { ...key, fromMe: true }, update: { status: 3 } },
          { key, update: [{ status: 'READ' }, { status: 4 }] },
        ],
      },
    },
  },
  {
    event: 'messages.update',
    instanceId: 'demo',
    data: [{ key, update: { status: 0, messageStubParameters: ['131026'] } }],
  },
  {
    event: 'message-receipt.update',
    instanceId: 'demo',
    data: [{ key, receipt: { userJid: PN, readTimestamp: LONG } }],
  },
  { event: 'messages.reaction', instanceId: 'demo', data: [{ key, reaction: { text: '', key } }] },
  {
    event: 'messages.set',
    instanceId: 'demo',
    data: {
      messages: [{ message: { key, message: { conversation: 'velho' }, messageTimestamp: AT } }],
      contacts: [{ id: PN, name: 'Maria' }],
      lidPnMappings: [{ lid: LID, pn: PN }],
    },
  },
  {
    event: 'contacts.update',
    instanceId: 'demo',
    data: [{ id: LID, lid: LID, jid: PN, notify: 'M', imgUrl: 'changed' }],
  },
  { event: 'lid-mapping.update', instanceId: 'demo', data: { lid: LID, pn: PN } },
  {
    event: 'connection.update',
    instanceId: 'demo',
    data: { connection: 'close', lastDisconnect: { error: { output: { statusCode: 401 } } }, qr: 'x' },
  },
  {
    event: 'presence.update',
    instanceId: 'demo',
    data: { id: PN, presences: { [PN]: { lastKnownPresence: 'composing' } } },
  },
  {
    event: 'call',
    instanceId: 'demo',
    data: [{ id: 'c', from: PN, status: 'offer', date: new Date(AT * 1000).toISOString() }],
  },
];

export const SEEDS: readonly unknown[] = [...upserts, ...OTHERS];

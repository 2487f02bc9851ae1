// What business accounts send, with the media and the buttons it comes with.
import { expect, test } from 'vitest';
import { readContent } from './content.js';

const IMAGE = { mimetype: 'image/png' };
const PIX = {
  payment_settings: [
    { type: 'boleto', boleto: {} },
    { type: 'pix_static_code', pix_static_code: { merchant_name: 'Padaria', key: '11977770001', key_type: 'PHONE' } },
  ],
};

test.each<[string, object, object]>([
  [
    'interactiveMessage',
    { header: { imageMessage: IMAGE, title: 'Menu' }, body: { text: 'Escolha' }, footer: { text: 'rodapé' } },
    { type: 'INTERACTIVE', content: 'Escolha', media: { kind: 'image' }, extra: { footer: 'rodapé' } },
  ],
  [
    'interactiveMessage',
    {
      body: { text: 'Escolha' },
      nativeFlowMessage: {
        buttons: [{ name: 'quick_reply', buttonParamsJson: '{"display_text":"Sim","id":"1"}' }, { name: 'cta_url' }],
      },
    },
    { type: 'INTERACTIVE', content: 'Escolha', media: null, extra: { buttons: ['Sim', 'cta_url'] } },
  ],
  [
    'interactiveMessage',
    { nativeFlowMessage: { buttons: [{ name: 'payment_info', buttonParamsJson: JSON.stringify(PIX) }] } },
    {
      type: 'INTERACTIVE',
      content: 'Padaria · PIX PHONE · 11977770001',
      extra: { pix: { merchantName: 'Padaria', key: '11977770001', keyType: 'PHONE' } },
    },
  ],
  [
    'interactiveMessage',
    { nativeFlowMessage: { buttons: [{ name: 'payment_info', buttonParamsJson: '{broken' }] } },
    { type: 'INTERACTIVE', content: null, extra: { buttons: ['payment_info'] } },
  ],
  [
    'interactiveMessage',
    { carouselMessage: { cards: [{ body: { text: 'um' } }, { header: { title: 'dois' } }] } },
    { type: 'INTERACTIVE', content: 'um', extra: { cards: ['um', 'dois'] } },
  ],
  [
    'buttonsMessage',
    {
      contentText: 'Confirma?',
      footerText: 'Loja',
      documentMessage: { fileName: 'a.pdf' },
      buttons: [{ buttonId: '1', buttonText: { displayText: 'Sim' } }],
    },
    {
      type: 'INTERACTIVE',
      content: 'Confirma?',
      media: { kind: 'document', fileName: 'a.pdf' },
      extra: { buttons: ['Sim'], footer: 'Loja' },
    },
  ],
  [
    'buttonsMessage',
    { contentText: 'Aqui', locationMessage: { degreesLatitude: -23.5, degreesLongitude: -46.6 } },
    { type: 'INTERACTIVE', location: { latitude: -23.5, longitude: -46.6 } },
  ],
  [
    'listMessage',
    {
      title: 'Menu',
      description: 'Peça',
      buttonText: 'Ver',
      sections: [{ rows: [{ title: 'Pão' }, { title: 'Bolo' }] }],
    },
    { type: 'INTERACTIVE', content: 'Peça', extra: { buttons: ['Pão', 'Bolo'], buttonText: 'Ver' } },
  ],
  [
    'templateMessage',
    {
      hydratedTemplate: {
        hydratedContentText: 'Olá',
        hydratedFooterText: 'Loja',
        videoMessage: { seconds: 3 },
        hydratedButtons: [
          { urlButton: { displayText: 'Abrir', url: 'https://a.exemplo' } },
          { quickReplyButton: { displayText: 'Parar' } },
        ],
      },
    },
    {
      type: 'TEMPLATE',
      content: 'Olá',
      media: { kind: 'video', durationSeconds: 3 },
      extra: { buttons: ['Abrir', 'Parar'], footer: 'Loja' },
    },
  ],
  [
    'templateMessage',
    { hydratedFourRowTemplate: { hydratedTitleText: 'Título', imageMessage: IMAGE } },
    { type: 'TEMPLATE', content: 'Título', media: { kind: 'image' } },
  ],
  [
    'templateMessage',
    { interactiveMessageTemplate: { body: { text: 'novo' } } },
    { type: 'TEMPLATE', content: 'novo' },
  ],
  [
    'highlyStructuredMessage',
    { elementName: 'aviso', hydratedHsm: { hydratedTemplate: { hydratedContentText: 'Saiu' } } },
    { type: 'TEMPLATE', content: 'Saiu', extra: { template: 'aviso' } },
  ],
])('%s %#', (name, value, expected) => {
  expect(readContent({ [name]: value })).toMatchObject(expected);
});

// Places and shared contacts.
import { contentOf } from '../content.js';
import type { Body, Making } from './body.js';

/** `locationMessage`; 0 is a coordinate like any other. */
export function location({ random, n }: Making): Body {
  const latitude = random.happens(0.1) ? 0 : -random.whole(1, 3_300_000) / 100_000;
  const longitude = random.happens(0.1) ? 0 : -random.whole(3_400_000, 5_500_000) / 100_000;
  const [name, address] = random.happens(0.5) ? [`Loja ${n}`, 'Rua São João, 10'] : [null, null];
  const place = { degreesLatitude: latitude, degreesLongitude: longitude, ...(name && { name, address }) };
  return {
    message: { locationMessage: place },
    shown: contentOf({ type: 'LOCATION', location: { latitude, longitude, name, address } }),
  };
}

/** `contactMessage`: a card whose number stands in `waid`. */
export function contactCard({ n }: Making): Body {
  const displayName = `Fornecedor ${n}`;
  const digits = `5511${String(930_000_000 + (n % 60_000_000))}`;
  const vcard = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${displayName}`,
    `item1.TEL;waid=${digits}:+${digits}`,
    'item1.X-ABLabel:Celular',
    'END:VCARD',
  ].join('\n');
  return {
    message: { contactMessage: { displayName, vcard } },
    shown: contentOf({
      type: 'CONTACTS',
      content: displayName,
      contacts: [{ name: displayName, phones: [`+${digits}`] }],
    }),
  };
}

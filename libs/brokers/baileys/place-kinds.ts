// Locations and shared contacts.
import type { Location } from '@recado/contracts';
import { countOf, nameOf, numberOf, objectsOf, textOf, type JsonObject } from '../json.js';
import type { KindReader, MessageBody } from './kind.js';
import { readCard } from './vcard.js';

/** WhatsApp lets 257 be shared at once; the raw keeps whatever came. */
export const MOST_CARDS = 300;

interface Place {
  latitude: unknown;
  longitude: unknown;
  name?: unknown;
  address?: unknown;
}

/** A place, or null when its coordinates are missing or off the globe. 0 is a coordinate. */
export function readPlace({ latitude, longitude, name, address }: Place): Location | null {
  const [lat, lng] = [numberOf(latitude), numberOf(longitude)];
  if (lat === null || lng === null || Math.abs(lat) > 90 || Math.abs(lng) > 180) return null;
  return { latitude: lat, longitude: lng, name: nameOf(name), address: nameOf(address) };
}

function location(value: JsonObject, isLive: boolean): MessageBody {
  const motion = {
    sequence: countOf(value.sequenceNumber),
    accuracyMeters: numberOf(value.accuracyInMeters),
    speedMps: numberOf(value.speedInMps),
  };
  return {
    type: 'LOCATION',
    content: nameOf(value.comment) ?? textOf(value.caption),
    location: readPlace({
      latitude: value.degreesLatitude,
      longitude: value.degreesLongitude,
      name: value.name,
      address: value.address,
    }),
    extra: isLive
      ? { live: true, ...Object.fromEntries(Object.entries(motion).filter(([, told]) => told !== null)) }
      : {},
  };
}

function cards(value: JsonObject): MessageBody {
  const contacts = objectsOf(value.contacts)
    .slice(0, MOST_CARDS)
    .map((card) => readCard(card.displayName, card.vcard));
  return { type: 'CONTACTS', content: nameOf(value.displayName), contacts };
}

export const PLACE_KINDS: [string, KindReader][] = [
  ['locationMessage', (value) => location(value, value.isLive === true)],
  ['liveLocationMessage', (value) => location(value, true)],
  [
    'contactMessage',
    (value) => ({
      type: 'CONTACTS',
      content: nameOf(value.displayName),
      contacts: [readCard(value.displayName, value.vcard)],
    }),
  ],
  ['contactsArrayMessage', cards],
];

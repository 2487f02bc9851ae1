// What business accounts send: texts with buttons, lists, templates, carousels, requests to pay.
import type { CanonicalMedia } from '@recado/contracts';
import { firstName, isObject, nameOf, objectOf, objectsOf, shortName, type JsonObject } from '../json.js';
import type { KindReader, MessageBody } from './kind.js';
import { readMedia } from './media-kinds.js';
import { parsedText } from './parsed-text.js';
import { readPlace } from './place-kinds.js';

const MOST_OPTIONS = 20;
const LONGEST = 512;

interface Offer {
  texts: unknown[];
  /** What may hold the media or the place that stands above the text. */
  header?: unknown;
  labels?: (string | null)[];
  footer?: unknown;
}

function offer({ texts, header, labels = [], footer }: Offer): MessageBody {
  const place = objectOf(objectOf(header).locationMessage);
  const buttons = labels.filter((label) => label !== null).slice(0, MOST_OPTIONS);
  const foot = shortName(footer, LONGEST);
  return {
    type: 'INTERACTIVE',
    content: firstName(...texts),
    media: headerMedia(header),
    location: readPlace({ ...place, latitude: place.degreesLatitude, longitude: place.degreesLongitude }),
    extra: { ...(buttons.length > 0 && { buttons }), ...(foot !== null && { footer: foot }) },
  };
}

function headerMedia(header: unknown): CanonicalMedia | null {
  if (!isObject(header)) return null;
  for (const kind of ['image', 'video', 'document'] as const) {
    const value = header[`${kind}Message`];
    if (isObject(value)) return readMedia(kind, value);
  }
  return null;
}

function buttons(value: JsonObject): MessageBody {
  const labels = objectsOf(value.buttons).map((button) => nameOf(objectOf(button.buttonText).displayText));
  return offer({ texts: [value.contentText, value.text], header: value, labels, footer: value.footerText });
}

function list(value: JsonObject): MessageBody {
  const rows = objectsOf(value.sections).flatMap((section) => objectsOf(section.rows));
  const body = offer({
    texts: [value.description, value.title],
    labels: rows.slice(0, MOST_OPTIONS).map((row) => firstName(row.title, row.description)),
    footer: value.footerText,
  });
  const label = shortName(value.buttonText, LONGEST);
  return label === null ? body : { ...body, extra: { ...body.extra, buttonText: label } };
}

function interactive(value: JsonObject): MessageBody {
  const { buttons: flows } = objectOf(value.nativeFlowMessage);
  const flowButtons = objectsOf(flows).slice(0, MOST_OPTIONS);
  const pix = pixOf(flowButtons);
  const header = objectOf(value.header);
  const labels = flowButtons.map((button) => firstName(parsedText(button.buttonParamsJson).display_text, button.name));
  const cards = cardsOf(value);
  const texts = [objectOf(value.body).text, header.title, pix?.text, cards[0], header.subtitle];
  const body = offer({ texts, header, labels, footer: objectOf(value.footer).text });
  return { ...body, extra: { ...body.extra, ...(pix && { pix: pix.code }), ...(cards.length > 0 && { cards }) } };
}

/** Texts of a carousel's cards. */
function cardsOf(value: JsonObject): string[] {
  const cards = objectsOf(objectOf(value.carouselMessage).cards).slice(0, MOST_OPTIONS);
  return cards
    .map((card) => shortName(firstName(objectOf(card.body).text, objectOf(card.header).title), LONGEST))
    .filter((text) => text !== null);
}

/** A PIX key to pay to lies in the parameters of the `payment_info` button. */
function pixOf(flowButtons: JsonObject[]): { text: string; code: Record<string, string> } | null {
  const button = flowButtons.find(({ name }) => name === 'payment_info');
  if (button === undefined) return null;
  for (const setting of objectsOf(parsedText(button.buttonParamsJson).payment_settings)) {
    const { merchant_name: merchant, key, key_type: type } = objectOf(setting.pix_static_code);
    const [name, code, kind] = [merchant, key, type].map((part) => shortName(part, LONGEST));
    if (!code) continue;
    const parts = { ...(name && { merchantName: name }), key: code, ...(kind && { keyType: kind }) };
    return { text: [name, kind ? `PIX ${kind}` : 'PIX', code].filter(Boolean).join(' · '), code: parts };
  }
  return null;
}

function template(value: JsonObject): MessageBody {
  if (isObject(value.interactiveMessageTemplate)) {
    return { ...interactive(value.interactiveMessageTemplate), type: 'TEMPLATE' };
  }
  const hydrated = objectOf(value.hydratedTemplate ?? value.hydratedFourRowTemplate);
  const labels = objectsOf(hydrated.hydratedButtons).map((button) =>
    firstName(
      ...[button.quickReplyButton, button.urlButton, button.callButton].map((kind) => objectOf(kind).displayText),
    ),
  );
  const texts = [hydrated.hydratedContentText, hydrated.hydratedTitleText];
  return { ...offer({ texts, header: hydrated, labels, footer: hydrated.hydratedFooterText }), type: 'TEMPLATE' };
}

/** A template filled in on the phone; without its text only its name is known. */
function structured(value: JsonObject): MessageBody {
  const hydrated = objectOf(value.hydratedHsm);
  const body = template(isObject(hydrated.templateMessage) ? hydrated.templateMessage : hydrated);
  const name = shortName(value.elementName, LONGEST);
  return name === null ? body : { ...body, extra: { ...body.extra, template: name } };
}

export const OFFER_KINDS: [string, KindReader][] = [
  ['interactiveMessage', interactive],
  ['buttonsMessage', buttons],
  ['listMessage', list],
  ['templateMessage', template],
  ['highlyStructuredMessage', structured],
];

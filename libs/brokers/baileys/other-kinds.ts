// Orders, invitations and the long tail: text where there is one, else a label and the raw kept.
import { normaliseTimestamp } from '@recado/contracts';
import { countOf, firstName, nameOf, numberOf, objectOf, objectsOf, type JsonObject } from '../json.js';
import { ignore, type KindReader, type MessageBody } from './kind.js';
import { readPlace } from './place-kinds.js';

const MOST_PARTS = 20;

function order(value: JsonObject): MessageBody {
  const count = countOf(value.itemCount);
  const total = amountOf(value.totalAmount1000, value.totalCurrencyCode);
  const parts = [firstName(value.message, value.orderTitle), count === null ? null : `${count} ×`, total];
  const orderId = nameOf(value.orderId);
  return {
    type: 'ORDER',
    content: parts.filter((part) => part !== null).join(' · ') || null,
    extra: orderId === null ? {} : { orderId },
  };
}

function product(value: JsonObject): MessageBody {
  const { title, description, productId, priceAmount1000, currencyCode } = objectOf(value.product);
  const [id, price] = [nameOf(productId), amountOf(priceAmount1000, currencyCode)];
  const content = firstName(title, description);
  return {
    type: 'TEXT',
    content: price === null || content === null ? content : `${content} · ${price}`,
    extra: { ...(id !== null && { productId: id }), ...(price !== null && { price }) },
  };
}

/** Thousandths of a currency's unit, written out. */
function amountOf(thousandths: unknown, currencyCode: unknown): string | null {
  const [amount, currency] = [numberOf(thousandths), nameOf(currencyCode)];
  return amount === null || currency === null ? null : `${currency} ${(amount / 1000).toFixed(2)}`;
}

function groupInvite(value: JsonObject): MessageBody {
  const [groupJid, name] = [nameOf(value.groupJid), nameOf(value.groupName)];
  const invite = { groupJid, name, expiresAt: normaliseTimestamp(value.inviteExpiration) };
  return { type: 'TEXT', content: firstName(value.caption, value.groupName), extra: { invite } };
}

function event(value: JsonObject): MessageBody {
  const place = objectOf(value.location);
  return {
    type: 'UNSUPPORTED',
    content: firstName(value.name, value.description),
    location: readPlace({ ...place, latitude: place.degreesLatitude, longitude: place.degreesLongitude }),
    extra: { startsAt: normaliseTimestamp(value.startTime), ...(value.isCanceled === true && { cancelled: true }) },
  };
}

function scheduledCall(value: JsonObject): MessageBody {
  const startsAt = normaliseTimestamp(value.scheduledTimestampMs);
  return { type: 'UNSUPPORTED', content: nameOf(value.title), extra: { startsAt } };
}

/** An answer of an assistant: its parts that are text. */
function rich(value: JsonObject): MessageBody {
  const parts = objectsOf(value.submessages).slice(0, MOST_PARTS);
  const texts = parts.map((part) => nameOf(part.messageText)).filter((text) => text !== null);
  return { type: 'UNSUPPORTED', content: texts.join('\n') || null };
}

/** A payment's note is a message of its own. */
function payment(value: JsonObject): MessageBody {
  const note = objectOf(value.noteMessage);
  const text = firstName(note.conversation, objectOf(note.extendedTextMessage).text, value.note);
  return { type: 'UNSUPPORTED', content: text ?? amountOf(value.amount1000, value.currencyCodeIso4217) };
}

function label(...texts: string[]): KindReader {
  return (value) => ({ type: 'UNSUPPORTED', content: firstName(...texts.map((name) => value[name])) });
}

/** Kinds without a reader here are UNSUPPORTED with their own name as label. */
export const OTHER_KINDS: [string, KindReader][] = [
  ['orderMessage', order],
  ['productMessage', product],
  ['groupInviteMessage', groupInvite],
  ['newsletterAdminInviteMessage', label('caption', 'newsletterName')],
  ['eventMessage', event],
  ['scheduledCallCreationMessage', scheduledCall],
  ['sendPaymentMessage', payment],
  ['requestPaymentMessage', payment],
  ['requestPhoneNumberMessage', label()],
  ['richResponseMessage', rich],
  ['stickerPackMessage', label('name')],
  ['albumMessage', () => ignore('album_parent')],
  ['pinInChatMessage', () => ignore('system_message')],
  ['keepInChatMessage', () => ignore('system_message')],
];

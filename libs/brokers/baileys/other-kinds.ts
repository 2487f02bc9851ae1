// Orders, invitations and the long tail: text where there is one, else a label and the raw kept.
import { countOf, firstName, nameOf, numberOf, objectOf, type JsonObject } from '../json.js';
import { ignore, type KindReader, type MessageBody } from './kind.js';

function order(value: JsonObject): MessageBody {
  const [amount, currency] = [numberOf(value.totalAmount1000), nameOf(value.totalCurrencyCode)];
  const total = amount === null || currency === null ? null : `${currency} ${(amount / 1000).toFixed(2)}`;
  const count = countOf(value.itemCount);
  const parts = [firstName(value.message, value.orderTitle), count === null ? null : `${count} ×`, total];
  const orderId = nameOf(value.orderId);
  return {
    type: 'ORDER',
    content: parts.filter((part) => part !== null).join(' · ') || null,
    extra: orderId === null ? {} : { orderId },
  };
}

function product(value: JsonObject): MessageBody {
  const { title, description, productId } = objectOf(value.product);
  const id = nameOf(productId);
  return { type: 'TEXT', content: firstName(title, description), extra: id === null ? {} : { productId: id } };
}

function label(...texts: string[]): KindReader {
  return (value) => ({ type: 'UNSUPPORTED', content: firstName(...texts.map((name) => value[name])) });
}

/** Kinds without a reader here are UNSUPPORTED with their own name as label. */
export const OTHER_KINDS: [string, KindReader][] = [
  ['orderMessage', order],
  ['productMessage', product],
  ['groupInviteMessage', (value) => ({ type: 'TEXT', content: firstName(value.caption, value.groupName) })],
  ['newsletterAdminInviteMessage', label('caption', 'newsletterName')],
  ['eventMessage', label('name', 'description')],
  ['sendPaymentMessage', label('note')],
  ['stickerPackMessage', label('name')],
  ['albumMessage', () => ignore('album_parent')],
  ['callLogMesssage', () => ignore('call')],
  ['call', () => ignore('call')],
  ['pinInChatMessage', () => ignore('system_message')],
  ['keepInChatMessage', () => ignore('system_message')],
  // Encrypted for the phone alone: nothing in them can be shown.
  ['encReactionMessage', () => ignore('protocol_message')],
  ['pollUpdateMessage', () => ignore('protocol_message')],
  ['secretEncryptedMessage', () => ignore('protocol_message')],
];

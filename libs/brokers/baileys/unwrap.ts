// Taking the wrappers off a message content: ephemeral, view once, document with caption and their kin.
import { isObject, type JsonObject } from '../json.js';

const WRAPPERS = new Set([
  'ephemeralMessage',
  'viewOnceMessage',
  'viewOnceMessageV2',
  'viewOnceMessageV2Extension',
  'documentWithCaptionMessage',
  'editedMessage',
  'associatedChildMessage',
  'groupStatusMessage',
  'groupStatusMessageV2',
  'lottieStickerMessage',
  'groupMentionedMessage',
  'botInvokeMessage',
  'eventCoverImage',
  'pollCreationMessageV4',
  'limitSharingMessage',
  'questionMessage',
  'statusMentionMessage',
  'deviceSentMessage',
  'commentMessage',
  'botForwardedMessage',
  'questionReplyMessage',
  'spoilerMessage',
]);
const DEEPEST = 8;

export interface Unwrapped {
  content: JsonObject;
  isEphemeral: boolean;
  isViewOnce: boolean;
  /** A sticker that moves; its content need not say so. */
  isLottie: boolean;
  /** There were more wrappers than anybody means. */
  isCut: boolean;
  /** What the message belongs to (an album, a picture in less detail); told beside the content or beside a wrapper. */
  association: JsonObject | null;
}

/** The innermost content and what its wrappers said. */
export function unwrap(message: JsonObject): Unwrapped {
  const found: Unwrapped = {
    content: message,
    isEphemeral: false,
    isViewOnce: false,
    isLottie: false,
    isCut: false,
    association: null,
  };
  for (let depth = 0; depth < DEEPEST; depth++) {
    const { messageContextInfo } = found.content;
    const association = isObject(messageContextInfo) ? messageContextInfo.messageAssociation : null;
    if (found.association === null && isObject(association)) found.association = association;
    const wrapper = wrapperOf(found.content);
    if (wrapper === null) return found;
    found.isEphemeral ||= wrapper.name === 'ephemeralMessage';
    found.isViewOnce ||= wrapper.name.startsWith('viewOnceMessage');
    found.isLottie ||= wrapper.name === 'lottieStickerMessage';
    found.content = wrapper.inner;
  }
  found.isCut = true;
  return found;
}

function wrapperOf(content: JsonObject): { name: string; inner: JsonObject } | null {
  for (const name in content) {
    if (!WRAPPERS.has(name)) continue;
    const wrapper = content[name];
    if (isObject(wrapper) && isObject(wrapper.message)) return { name, inner: wrapper.message };
  }
  return null;
}

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
]);
const DEEPEST = 8;

export interface Unwrapped {
  content: JsonObject;
  isEphemeral: boolean;
  isViewOnce: boolean;
  /** The outermost `messageContextInfo`: it may stand beside a wrapper. */
  contextInfo: JsonObject | null;
}

/** The innermost content and what its wrappers said. */
export function unwrap(message: JsonObject): Unwrapped {
  const found: Unwrapped = { content: message, isEphemeral: false, isViewOnce: false, contextInfo: null };
  for (let depth = 0; depth < DEEPEST; depth++) {
    const { messageContextInfo } = found.content;
    if (found.contextInfo === null && isObject(messageContextInfo)) found.contextInfo = messageContextInfo;
    const wrapper = wrapperOf(found.content);
    if (wrapper === null) break;
    found.isEphemeral ||= wrapper.name === 'ephemeralMessage';
    found.isViewOnce ||= wrapper.name.startsWith('viewOnceMessage');
    found.content = wrapper.inner;
  }
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

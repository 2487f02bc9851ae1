// What a person answers to buttons, lists and forms, and what business accounts send: interactive contents.
import type { CanonicalMedia } from '@recado/contracts';
import { firstName, isObject, nameOf, objectOf, objectsOf, textOf, type JsonObject } from '../json.js';
import type { KindReader, MessageBody } from './kind.js';
import { readMedia } from './media-kinds.js';

const MOST_OPTIONS = 20;
const LONGEST_PARAMS = 65_536;

function reply(content: unknown, selectedId: unknown): MessageBody {
  const id = nameOf(selectedId);
  return { type: 'INTERACTIVE', content: nameOf(content) ?? id, extra: id === null ? {} : { selectedId: id } };
}

function listReply(value: JsonObject): MessageBody {
  return reply(firstName(value.title, value.description), objectOf(value.singleSelectReply).selectedRowId);
}

function flowReply(value: JsonObject): MessageBody {
  const flow = objectOf(value.nativeFlowResponseMessage);
  const params = parsed(flow.paramsJson);
  const body = reply(firstName(objectOf(value.body).text, params.display_text, params.title), params.id);
  const name = nameOf(flow.name);
  return name === null ? body : { ...body, extra: { ...body.extra, flow: name } };
}

/** `paramsJson` is text that claims to be JSON. */
function parsed(json: unknown): JsonObject {
  if (typeof json !== 'string' || json.length > LONGEST_PARAMS) return {};
  try {
    return objectOf(JSON.parse(json));
  } catch {
    return {};
  }
}

function offer(content: string | null, header: unknown, value: JsonObject): MessageBody {
  return { type: 'INTERACTIVE', content, media: headerMedia(header), extra: options(value) };
}

function options(value: JsonObject): Record<string, unknown> {
  const texts = objectsOf(value.buttons)
    .slice(0, MOST_OPTIONS)
    .map((button) =>
      firstName(objectOf(button.buttonText).displayText, parsed(button.buttonParamsJson).display_text, button.name),
    );
  const labels = texts.filter((text) => text !== null);
  return labels.length === 0 ? {} : { buttons: labels };
}

function headerMedia(header: unknown): CanonicalMedia | null {
  if (!isObject(header)) return null;
  for (const kind of ['image', 'video', 'document'] as const) {
    const value = header[`${kind}Message`];
    if (isObject(value)) return readMedia(kind, value);
  }
  return null;
}

function template(value: JsonObject): MessageBody {
  const hydrated = objectOf(value.hydratedTemplate ?? value.hydratedFourRowTemplate ?? value.fourRowTemplate);
  const content = firstName(hydrated.hydratedContentText, hydrated.hydratedTitleText);
  return { type: 'TEMPLATE', content, media: headerMedia(hydrated) };
}

function poll(value: JsonObject): MessageBody {
  const names = objectsOf(value.options).map((option) => nameOf(option.optionName));
  const choices = names.filter((name) => name !== null).slice(0, MOST_OPTIONS);
  return { type: 'POLL', content: nameOf(value.name), extra: { options: choices } };
}

export const REPLY_KINDS: [string, KindReader][] = [
  ['buttonsResponseMessage', (value) => reply(value.selectedDisplayText, value.selectedButtonId)],
  ['listResponseMessage', listReply],
  ['templateButtonReplyMessage', (value) => reply(value.selectedDisplayText, value.selectedId)],
  ['interactiveResponseMessage', flowReply],
  [
    'interactiveMessage',
    (value) => {
      const title = objectOf(value.header).title;
      return offer(firstName(objectOf(value.body).text, title), value.header, objectOf(value.nativeFlowMessage));
    },
  ],
  ['buttonsMessage', (value) => offer(firstName(value.contentText, value.text), value, value)],
  ['listMessage', (value) => offer(firstName(value.description, value.title), null, value)],
  ['templateMessage', template],
  [
    'highlyStructuredMessage',
    (value) => ({ ...template(objectOf(objectOf(value.hydratedHsm).templateMessage)), type: 'TEMPLATE' }),
  ],
  ['pollCreationMessage', poll],
  ['pollCreationMessageV2', poll],
  ['pollCreationMessageV3', poll],
  ['pollCreationMessageV5', poll],
];

export const TEXT_KINDS: [string, KindReader][] = [
  [
    'extendedTextMessage',
    (value) => {
      const link = firstName(value.matchedText, value.canonicalUrl);
      const [title, description] = [nameOf(value.title), nameOf(value.description)];
      const linkPreview = link === null ? {} : { linkPreview: { url: link, title, description } };
      return { type: 'TEXT', content: textOf(value.text), extra: linkPreview };
    },
  ],
];

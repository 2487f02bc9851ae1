// What a person answers to buttons, lists and forms; polls; and texts with a link.
import { countOf, firstName, nameOf, objectOf, objectsOf, textOf, type JsonObject } from '../json.js';
import type { KindReader, MessageBody } from './kind.js';
import { parsedText } from './parsed-text.js';

const MOST_OPTIONS = 20;

function reply(content: unknown, selectedId: unknown): MessageBody {
  const id = nameOf(selectedId);
  return { type: 'INTERACTIVE', content: nameOf(content) ?? id, extra: id === null ? {} : { selectedId: id } };
}

function listReply(value: JsonObject): MessageBody {
  return reply(firstName(value.title, value.description), objectOf(value.singleSelectReply).selectedRowId);
}

function flowReply(value: JsonObject): MessageBody {
  const flow = objectOf(value.nativeFlowResponseMessage);
  const params = parsedText(flow.paramsJson);
  const body = reply(firstName(objectOf(value.body).text, params.display_text, params.title), params.id);
  const name = nameOf(flow.name);
  return name === null ? body : { ...body, extra: { ...body.extra, flow: name } };
}

function poll(value: JsonObject): MessageBody {
  const names = objectsOf(value.options).map((option) => nameOf(option.optionName));
  const options = names.filter((name) => name !== null).slice(0, MOST_OPTIONS);
  // 0 lets choose as many as there are.
  const selectable = countOf(value.selectableOptionsCount) ?? 0;
  return { type: 'POLL', content: nameOf(value.name), extra: { options, selectable } };
}

/** Votes counted and told by somebody who could read them. */
function pollResult(value: JsonObject): MessageBody {
  const results = objectsOf(value.pollVotes)
    .slice(0, MOST_OPTIONS)
    .map((vote) => ({ option: nameOf(vote.optionName), votes: countOf(vote.optionVoteCount) ?? 0 }));
  return { type: 'POLL', content: nameOf(value.name), extra: { results } };
}

function linked(value: JsonObject): MessageBody {
  const link = firstName(value.matchedText, value.canonicalUrl);
  const [title, description] = [nameOf(value.title), nameOf(value.description)];
  const extra = link === null ? {} : { linkPreview: { url: link, title, description } };
  return { type: 'TEXT', content: textOf(value.text), extra };
}

export const REPLY_KINDS: [string, KindReader][] = [
  ['buttonsResponseMessage', (value) => reply(value.selectedDisplayText, value.selectedButtonId)],
  ['listResponseMessage', listReply],
  ['templateButtonReplyMessage', (value) => reply(value.selectedDisplayText, value.selectedId)],
  ['interactiveResponseMessage', flowReply],
  ['pollCreationMessage', poll],
  ['pollCreationMessageV2', poll],
  ['pollCreationMessageV3', poll],
  ['pollCreationMessageV4', poll],
  ['pollCreationMessageV5', poll],
  ['pollResultSnapshotMessage', pollResult],
];

export const TEXT_KINDS: [string, KindReader][] = [['extendedTextMessage', linked]];

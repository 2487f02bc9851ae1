import { expect, test } from 'vitest';
import { FrontendMessages } from './frontend-messages.js';

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

const CONVERSATION = Buffer.concat([
  message('', 'SSSSQQQQ'),
  message('Q', 'select 1\0'),
  message('P', 'parse QS'),
  message('B', 'bind'),
  message('E', 'execute'),
  message('S', ''),
  message('X', ''),
]);

test('a simple query and a whole extended one are a request each, whatever their bytes look like', () => {
  expect(new FrontendMessages().take(CONVERSATION)).toBe(2);
});

test('requests are counted once however the bytes are cut', () => {
  for (let cut = 0; cut <= CONVERSATION.length; cut++) {
    const messages = new FrontendMessages();
    expect(messages.take(CONVERSATION.subarray(0, cut)) + messages.take(CONVERSATION.subarray(cut))).toBe(2);
  }
});

import { Decoder, PacketType } from 'socket.io-parser';
import { describe, expect, test } from 'vitest';
import { Burst } from './burst.js';
import { encodeTextFrame } from './websocket-frame.js';

/** Reads unmasked text frames back (RFC 6455). */
function readFrames(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes[at + 1] ?? 0;
    const [header, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))];
    texts.push(bytes.toString('utf8', at + header, at + header + length));
    at += header + length;
  }
  return texts;
}

test.each([0, 1, 125, 126, 65_535, 65_536, 100_000])('a text of %i bytes is framed', (length) => {
  expect(readFrames(encodeTextFrame('x'.repeat(length)))).toEqual(['x'.repeat(length)]);
});

describe('a burst', () => {
  const frames = [
    { event: 'ticket.message', json: '{"a":  1.0,"ção":"\\u00e9"}' },
    { event: 'odd "name"', json: 'null' },
  ];

  test('puts payload texts in as they are', () => {
    const { texts } = new Burst(frames).socketIo('/');
    expect(texts).toEqual(['2["ticket.message",{"a":  1.0,"ção":"\\u00e9"}]', '2["odd \\"name\\"",null]']);
    expect(new Burst([{ text: 'pong' }]).socketIo('/logline').texts).toEqual(['2/logline,["message","pong"]']);
  });

  test('gives consecutive WebSocket frames in one buffer, each an Engine.IO message', () => {
    const packets = new Burst(frames).socketIo('/');
    expect(readFrames(packets.joined)).toEqual(packets.texts.map((text) => `4${text}`));
  });

  test('encodes once: the same packets and the same bytes for every socket', () => {
    const burst = new Burst(frames);
    expect(burst.socketIo('/')).toBe(burst.socketIo('/'));
    expect(burst.socketIo('/').joined).toBe(burst.socketIo('/').joined);
    expect(burst.socketIo('/ns')).not.toBe(burst.socketIo('/'));
  });

  test.each(['/', '/ns'])('is what a stock client decodes in namespace %s', (namespace) => {
    const decoded: unknown[] = [];
    const decoder = new Decoder();
    decoder.on('decoded', (packet) => decoded.push(packet));
    for (const text of new Burst(frames).socketIo(namespace).texts) decoder.add(text);
    expect(decoded).toEqual(
      frames.map(({ event, json }) => ({ type: PacketType.EVENT, nsp: namespace, data: [event, JSON.parse(json)] })),
    );
  });
});

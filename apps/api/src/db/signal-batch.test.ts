import { describe, expect, test } from 'vitest';
import { MAX_PAYLOAD_BYTES, SignalBatch } from './signal-batch.js';

describe('SignalBatch', () => {
  test("keeps one wake-up per tenant, at its highest seq, and the others' order", () => {
    const batch = new SignalBatch();
    batch.add('log', 'demo:7,acme:3');
    batch.add('typing', '{"a":1}');
    batch.add('log', 'demo:5');
    batch.add('log', 'demo:9');
    batch.add('revoked', '{"jti":"x"}');
    expect(batch.take()).toEqual([
      { channel: 'log', payload: 'demo:9,acme:3' },
      { channel: 'typing', payload: '{"a":1}' },
      { channel: 'revoked', payload: '{"jti":"x"}' },
    ]);
    expect(batch.isEmpty()).toBe(true);
  });

  test('splits wake-ups below what NOTIFY takes, and loses none', () => {
    const batch = new SignalBatch();
    const parts = Array.from({ length: 2_000 }, (_, index) => `tenant-${index}:${index + 1}`);
    batch.add('log', parts.join(','));
    const payloads = batch.take().map(({ payload }) => payload);
    expect(payloads.length).toBeGreaterThan(1);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    expect(payloads.join(',').split(',')).toEqual(parts);
  });

  test('refuses what cannot be split and is too large', () => {
    const batch = new SignalBatch();
    expect(batch.add('typing', 'é'.repeat(MAX_PAYLOAD_BYTES / 2 + 1))).toBe(false);
    expect(batch.isEmpty()).toBe(true);
  });
});

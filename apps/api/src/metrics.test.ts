// The metrics' names, words and first values.
import { describe, expect, test } from 'vitest';
import { createMetrics } from './metrics.js';

describe('metrics', () => {
  test('counters are present from the start, at 0', async () => {
    const text = await createMetrics().render();
    expect(text).toContain('whatsapp_webhook_events_total{result="accepted",reason="ok",payload_type="message"} 0');
    expect(text).toContain(
      'whatsapp_webhook_events_total{result="ignored",reason="duplicate",payload_type="status"} 0',
    );
    expect(text).toContain(
      'whatsapp_webhook_events_total{result="accepted",reason="parked_early_status",payload_type="status"} 0',
    );
    expect(text).toContain('recado_dedupe_hits_total 0');
    expect(text).toContain('recado_inbox_events_total{verdict="parked",transport="queue"} 0');
    expect(text).toContain('recado_sockets{contract="recado"} 0');
    expect(text).toContain('recado_dead_letters 0');
    expect(text).toMatch(/recado_build_info\{version="0\.1\.0",node="v\d+/);
    expect(text).toContain('process_cpu_seconds_total');
  });

  test('result is the contract’s three words: duplicate is ignored, parked is accepted', async () => {
    const metrics = createMetrics();
    metrics.countVerdict('accepted', 'ok', 'message');
    metrics.countVerdict('accepted', 'ok', 'message');
    metrics.countVerdict('duplicate', 'duplicate', 'message');
    metrics.countVerdict('parked', 'parked_early_status', 'status');
    metrics.countVerdict('rejected', 'missing_id', 'unknown', 'queue');
    for (let read = 0; read < 2; read++) {
      const text = await metrics.render();
      expect(text).toContain('whatsapp_webhook_events_total{result="accepted",reason="ok",payload_type="message"} 2');
      expect(text).toContain('{result="ignored",reason="duplicate",payload_type="message"} 1');
      expect(text).toContain('{result="accepted",reason="parked_early_status",payload_type="status"} 1');
      expect(text).toContain('{result="rejected",reason="missing_id",payload_type="unknown"} 0');
      expect(text).toContain('recado_inbox_events_total{verdict="rejected",transport="queue"} 1');
      expect(text).toContain('recado_dedupe_hits_total 1');
    }
  });

  test('the parked gauges are asked for at most every 5 seconds, and their failure takes no other metric away', async () => {
    const metrics = createMetrics();
    let reads = 0;
    metrics.observe({ waiting: () => 7, parked: async () => ((reads += 1), { poison: 2, unrouted: 1, status: 4 }) });
    const text = await metrics.render();
    expect(await metrics.render()).toContain('recado_dead_letters 3');
    expect(reads).toBe(1);
    expect(text).toContain('recado_parked_events{kind="status"} 4');
    expect(text).toContain('recado_dead_letters 3');
    expect(text).toContain('recado_ingest_waiting_events 7');
    const failing = createMetrics();
    failing.observe({ parked: () => Promise.reject(new Error('away')) });
    expect(await failing.render()).toContain('recado_dead_letters 0');
  });

  test('counting a verdict costs far less than the microseconds an event may', () => {
    const metrics = createMetrics();
    const started = performance.now();
    for (let i = 0; i < 100_000; i++) metrics.countVerdict('accepted', 'ok', 'message');
    expect((performance.now() - started) / 100_000).toBeLessThan(0.005);
  });
});

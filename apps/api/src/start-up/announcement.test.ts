import { describe, expect, test } from 'vitest';
import { announcementLines, sampleCurl } from './announcement.js';
import type { Announced } from './announcement.js';

const FIRST_RUN: Announced = {
  url: 'http://127.0.0.1:4545',
  production: false,
  data: { kind: 'embedded', dir: '/srv/recado/.recado' },
  webhookApiKey: 'rk_key',
  sampleInstance: 'demo',
  token: { text: 'aaa.bbb.ccc', sub: 'admin-1', tenantId: 'demo', hours: 12 },
};

describe('the announcement', () => {
  const lines = announcementLines(FIRST_RUN);

  test('has at most twelve plain lines', () => {
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.every((line) => /^[\x20-\x7e·]*$/.test(line))).toBe(true);
  });

  test('says where the data is and what it survives', () => {
    expect(lines.join('\n')).toMatch(/Data .*\/srv\/recado\/\.recado .*survives a crash, not a power cut/);
  });

  test('puts the token alone on its line', () => {
    expect(lines).toContain('aaa.bbb.ccc');
  });

  test('shows the webhook URL with its key, and a curl on one line', () => {
    expect(lines.find((line) => line.includes('Webhook'))).toMatch(
      /POST http:\/\/127\.0\.0\.1:4545\/api\/webhooks\/whatsapp .*rk_key/,
    );
    expect(lines.find((line) => line.includes('Try'))).toContain('curl -s http://127.0.0.1:4545/api/webhooks/whatsapp');
  });

  test('shows neither token nor key in production', () => {
    const text = announcementLines({ ...FIRST_RUN, production: true }).join('\n');
    expect(text).not.toContain('aaa.bbb.ccc');
    expect(text).not.toContain('rk_key');
  });

  test('offers no sample without the demo', () => {
    expect(announcementLines({ ...FIRST_RUN, sampleInstance: null, token: null }).join('\n')).not.toContain('curl');
  });
});

test('the sample names its instance and can be quoted by a shell', () => {
  const command = sampleCurl({ webhook: 'http://x/w', webhookApiKey: 'k', sampleInstance: 'demo' });
  const body = /-d '([^']+)'$/.exec(command)?.[1] ?? '';
  expect(JSON.parse(body)).toMatchObject({ type: 'MESSAGE_INBOUND', instanceId: 'demo', payload: { message: {} } });
});

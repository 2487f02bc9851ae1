import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from './config.js';
import { keepInDirectory, keepInMemory } from './secrets-keep.js';
import { loadSecrets } from './secrets.js';

const root = await mkdtemp(join(tmpdir(), 'recado-secrets-'));
afterAll(() => rm(root, { recursive: true }));

const STRONG = 'b7f1c09e64d24b0aa3c15d9e8f7261504c3d';

describe('loadSecrets', () => {
  test('generates what the environment leaves out, once', async () => {
    const keep = keepInMemory();
    const first = await loadSecrets(parseConfig({}), keep);
    expect(first.jwtSecret?.length).toBeGreaterThanOrEqual(32);
    expect(first.encryptionKey).toHaveLength(32);
    expect(first.webhookApiKey).toMatch(/^rk_/);
    expect(await loadSecrets(parseConfig({}), keep)).toEqual(first);
  });

  test('lets the environment win, one by one', async () => {
    const keep = keepInMemory();
    const generated = await loadSecrets(parseConfig({}), keep);
    const mixed = await loadSecrets(parseConfig({ WHATSAPP_WEBHOOK_API_KEY: 'mine' }), keep);
    expect(mixed).toEqual({ ...generated, webhookApiKey: 'mine' });
  });

  test('generates nothing in production: without a key the shared door is shut', async () => {
    const config = parseConfig({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://db/recado',
      JWT_SECRET: STRONG,
      RECADO_ENCRYPTION_KEY: 'ab12'.repeat(16),
    });
    const secrets = await loadSecrets(config, () => Promise.reject(new Error('nothing is to be kept')));
    expect(secrets.webhookApiKey).toBeNull();
    expect(Buffer.from(secrets.jwtSecret ?? []).toString()).toBe(STRONG);
  });

  test('signs nothing when tokens are verified with a public key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const config = parseConfig({ JWT_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
    expect((await loadSecrets(config, keepInMemory())).jwtSecret).toBeNull();
  });
});

describe('a data directory', () => {
  test('keeps secrets readable by their owner alone', async () => {
    const dir = join(root, 'private');
    await keepInDirectory(dir)('secrets', () => 'text');
    expect(((await stat(join(dir, 'secrets.json'))).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(dir)).mode & 0o777).toString(8)).toBe('700');
  });

  test('keeps one value for ten that come at once, and no drafts', async () => {
    const dir = join(root, 'race');
    const values = await Promise.all(
      Array.from({ length: 10 }, (_, n) => keepInDirectory(dir)('secrets', () => `value ${n}`)),
    );
    expect(new Set(values).size).toBe(1);
    expect(await readFile(join(dir, 'secrets.json'), 'utf8')).toBe(values[0]);
    expect(await readdir(dir)).toEqual(['secrets.json']);
  });
});

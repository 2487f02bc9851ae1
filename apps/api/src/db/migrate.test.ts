import { describe, expect, test } from 'vitest';
import { MigrationError, pendingMigrations, readMigrations } from './migrate.js';
import type { Migration } from './migrate.js';

function migration(id: number, sha256 = `hash-${id}`): Migration {
  return { id, name: `00000${id}_step.sql`, sha256, sql: 'select 1' };
}

describe('pendingMigrations', () => {
  test('are those without a row, in order', () => {
    const files = [migration(1), migration(2), migration(3)];
    expect(pendingMigrations(files, [migration(1)]).map(({ id }) => id)).toEqual([2, 3]);
    expect(pendingMigrations(files, files)).toEqual([]);
  });

  test('a file that changed after it was applied is refused', () => {
    expect(() => pendingMigrations([migration(1, 'other')], [migration(1)])).toThrow(/000001_step.sql was changed/);
  });

  test('a database that is ahead of the code is refused', () => {
    expect(() => pendingMigrations([migration(1)], [migration(1), migration(2)])).toThrow(/ahead of this version/);
  });

  test('a file that slipped in below the newest applied one is refused', () => {
    expect(() => pendingMigrations([migration(1), migration(2)], [migration(2)])).toThrow(MigrationError);
  });
});

describe('readMigrations', () => {
  test("reads the repository's migrations in order, numbered from 1", async () => {
    const migrations = await readMigrations();
    expect(migrations.map(({ id }) => id)).toEqual(migrations.map((_, index) => index + 1));
    expect(migrations[0]?.name).toBe('000001_foundation.sql');
  });
});

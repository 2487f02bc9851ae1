// The shape of the tree, kept: who may import whom, who may touch what, and how large files grow.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  text: string;
  /** Modules: relative ones as a path in the tree, others by name. */
  imports: string[];
}

/** Files above 300 lines, each with the reason why it is not split. */
const LONG_FILES: Record<string, string> = {};

const files = ['libs', 'apps'].flatMap((folder) => readSources(join(ROOT, folder)));

function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'dist' || entry.name === 'node_modules' ? [] : readSources(path);
    if (!entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) return [];
    const text = readFileSync(path, 'utf8');
    return [{ path: relative(ROOT, path), text, imports: importsOf(path, text) }];
  });
}

function importsOf(path: string, text: string): string[] {
  const names = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
    ),
  ];
  return names.map((match) => {
    const name = match[1] ?? match[2] ?? '';
    return name.startsWith('.') ? relative(ROOT, resolve(dirname(path), name)).replace(/\.js$/, '.ts') : name;
  });
}

function filesIn(...folders: string[]): SourceFile[] {
  return files.filter((file) => folders.some((folder) => file.path.startsWith(folder)));
}

/** Imports of the files that `isAllowed` refuses, as `file → module`. */
function strayImports(from: SourceFile[], isAllowed: (name: string, file: SourceFile) => boolean): string[] {
  return from.flatMap((file) =>
    file.imports.filter((name) => !isAllowed(name, file)).map((name) => `${file.path} → ${name}`),
  );
}

/** Files whose code (comments left out) matches, except those named. */
function filesMatching(pattern: RegExp, except: RegExp): string[] {
  return files
    .filter((file) => !except.test(file.path) && pattern.test(withoutComments(file.text)))
    .map((file) => file.path);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(150);
});

describe('imports', () => {
  test('contracts import zod only', () => {
    expect(
      strayImports(filesIn('libs/contracts/'), (name) => name === 'zod' || name.startsWith('libs/contracts/')),
    ).toEqual([]);
  });

  test.each(['brokers', 'wire'])('a folder of %s imports contracts, its port, and itself', (rim) => {
    const stray = strayImports(filesIn(`libs/${rim}/`), (name, file) => {
      if (name === '@recado/contracts' || name === 'zod') return true;
      return name.startsWith(`libs/${rim}/`) && isReachable({ rim, name, from: file.path });
    });
    expect(stray).toEqual([]);
  });

  test('http, queue and jobs never import each other', () => {
    const rooms = ['http', 'queue', 'jobs'].map((room) => `apps/api/src/${room}/`);
    const stray = strayImports(filesIn(...rooms), (name, file) =>
      rooms.every((room) => file.path.startsWith(room) || !name.startsWith(room)),
    );
    expect(stray).toEqual([]);
  });

  test('realtime imports neither http, ingest nor jobs', () => {
    const foreign = /^apps\/api\/src\/(http|ingest|jobs|queue|dispatch)\//;
    expect(strayImports(filesIn('apps/api/src/realtime/'), (name) => !foreign.test(name))).toEqual([]);
  });

  test('nothing imports the composition but the processes and the start-up', () => {
    const composition = /^apps\/api\/src\/(create-context|service|main|cli)\.ts$/;
    const processes = /^apps\/api\/src\/(create-context|service|main|cli|start-up\/.*)\.ts$/;
    expect(
      strayImports(
        files.filter((file) => !processes.test(file.path)),
        (name) => !composition.test(name),
      ),
    ).toEqual([]);
  });

  test('the rims touch no clock, environment, network or disk', () => {
    const rims = /^libs\//;
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bprocess\.|\bsetTimeout\(|\bsetInterval\(|\bfetch\(|\bMath\.random\(|'node:/;
    expect(
      files.filter((file) => rims.test(file.path) && impure.test(withoutComments(file.text))).map((file) => file.path),
    ).toEqual([]);
  });
});

/** Inside a rim: files at its top, one's own folder, and folders that are no registered sibling (shared readers). */
function isReachable({ rim, name, from }: { rim: string; name: string; from: string }): boolean {
  const [, , folder, rest] = name.split('/');
  const [, , own, ownRest] = from.split('/');
  const isTopLevel = rest === undefined;
  const isOwnFolder = folder === own;
  const fromTop = ownRest === undefined;
  return isTopLevel || isOwnFolder || fromTop || !siblingsOf(rim).includes(folder ?? '');
}

/** Folders of a rim that are registered. */
function siblingsOf(rim: string): string[] {
  const registry = readFileSync(join(ROOT, `libs/${rim}/registry.ts`), 'utf8');
  return [...registry.matchAll(/from '\.\/([a-z-]+)\//g)].map((match) => match[1] ?? '');
}

describe('who may do what', () => {
  test('the environment is read in config.ts alone', () => {
    expect(filesMatching(/\bprocess\.env\b/, /^apps\/api\/src\/config\.ts$/)).toEqual([]);
  });

  test('only main.ts and cli.ts end the process', () => {
    expect(filesMatching(/\bprocess\.exit\(/, /^apps\/[a-z]+\/src\/(main|cli)\.ts$/)).toEqual([]);
  });

  test('SQL is written in db/ only', () => {
    const sql = /['"`]\s*(?:select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()/i;
    expect(filesMatching(sql, /^apps\/api\/src\/db\//)).toEqual([]);
  });

  test('nobody inserts an event outside the event log', () => {
    expect(filesMatching(/insert\s+into\s+events\b/i, /^apps\/api\/src\/db\/sql\/event-log\.ts$/)).toEqual([]);
    const users = files
      .filter((file) => file.imports.includes('apps/api/src/db/sql/event-log.ts'))
      .map((file) => file.path);
    expect(users).toEqual(['apps/api/src/events/log.ts']);
  });

  test('nobody emits on a socket outside realtime/', () => {
    const users = files.filter((file) => file.imports.some((name) => name === 'socket.io' || name === 'ws'));
    expect(users.map((file) => file.path).filter((path) => !path.startsWith('apps/api/src/realtime/'))).toEqual([]);
  });

  test('metrics are declared in one place, and so are loggers', () => {
    const users = files.filter((file) => file.imports.includes('prom-client') || file.imports.includes('pino'));
    expect(users.map((file) => file.path).filter((path) => !/^apps\/api\/src\/(metrics|log)/.test(path))).toEqual([]);
  });
});

describe('registries', () => {
  test.each(['brokers', 'wire'])(
    'every folder of %s that exports its port is registered, and all have the same main file',
    (rim) => {
      const folders = readdirSync(join(ROOT, `libs/${rim}`), { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      );
      const port = rim === 'brokers' ? /^export const \w+: Broker\b/m : /^export const \w+: WireContract\b/m;
      const entries = filesIn(`libs/${rim}/`).filter((file) => port.test(file.text));
      const implementing = entries.map((file) => file.path.split('/')[2] ?? '');
      expect(folders.map((folder) => folder.name)).toEqual(expect.arrayContaining(implementing));
      expect(implementing.length).toBeGreaterThan(0);
      expect(implementing.toSorted()).toEqual(siblingsOf(rim).toSorted());
      expect(new Set(entries.map((file) => file.path.split('/').at(-1))).size).toBe(1);
    },
  );

  test('every job file is registered', () => {
    const jobs = filesIn('apps/api/src/jobs/')
      .filter((file) => /: Job = \{/.test(file.text))
      .map((file) => file.path);
    const registry = files.find((file) => file.path === 'apps/api/src/jobs/registry.ts');
    expect(jobs.length).toBeGreaterThan(0);
    expect(registry?.imports).toEqual(expect.arrayContaining(jobs));
  });
});

describe('size', () => {
  const lengths = files.map((file) => file.text.split('\n').length - 1).toSorted((a, b) => a - b);
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0;

  test('files stay small: median at most 60 lines, p95 at most 200', () => {
    expect(at(0.5)).toBeLessThanOrEqual(60);
    expect(at(0.95)).toBeLessThanOrEqual(200);
  });

  test('none is above 300 lines without a reason', () => {
    const long = files.filter((file) => file.text.split('\n').length - 1 > 300).map((file) => file.path);
    expect(long).toEqual(Object.keys(LONG_FILES));
  });

  test('`any` stays below 0.5 per 1,000 lines', () => {
    const lines = lengths.reduce((sum, length) => sum + length, 0);
    const found = files.flatMap(
      (file) => withoutComments(file.text).match(/:\s*any\b|\bas any\b|<any\b|\bany\[\]/g) ?? [],
    );
    expect((found.length / lines) * 1000).toBeLessThan(0.5);
  });

  test('every file begins by saying what it is for', () => {
    const silent = files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*\*?) ?\S/.test(file.text)).map((file) => file.path);
    expect(silent).toEqual([]);
  });

  test('nothing is named utils, helpers, common, manager or misc', () => {
    const named = files.filter((file) => /(^|[/-])(utils?|helpers?|common|managers?|misc)([-./]|$)/.test(file.path));
    expect(named.map((file) => file.path)).toEqual([]);
  });

  test('files are named in kebab-case', () => {
    expect(files.filter((file) => !/^[a-z0-9/.-]+\.ts$/.test(file.path)).map((file) => file.path)).toEqual([]);
  });
});

#!/usr/bin/env node
// The `recado` command. The service itself is built into dist/; this file is there before the build, so that npm can link it.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('Recado is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}

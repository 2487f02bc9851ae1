import { expect, test } from 'vitest';
import { lostOf } from './stored-ids.js';
import { createTally } from './tally.js';

test('what is stored without an answer does not make up for what was acknowledged and is gone', () => {
  const tally = createTally();
  for (const [n, status] of [202, null, 202, 503].entries()) {
    const settled = tally.begin(`wamid.r.${n}`);
    if (status !== null) settled(status);
  }
  const load = { run: 'r', ...tally.result() };
  expect(load).toMatchObject({ begun: 4, acknowledged: 2, unacknowledged: ['wamid.r.1', 'wamid.r.3'] });
  // As many are there as were acknowledged, and yet one of those is not.
  expect(lostOf(load, new Set(['wamid.r.0', 'wamid.r.1']))).toEqual(['wamid.r.2']);
  expect(lostOf(load, new Set(['wamid.r.0', 'wamid.r.2']))).toEqual([]);
});

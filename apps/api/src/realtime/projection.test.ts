import { type LogEntry, type WireContract, recado } from '@recado/wire';
import { expect, test } from 'vitest';
import { projectOnce } from './projection.js';

function release(seq: number) {
  const entry: LogEntry = {
    tenantId: 'demo',
    epoch: 'e1',
    seq,
    eventId: 'x',
    type: 'ticket.message',
    payload: `{"seq":${seq}}`,
    contactId: null,
  };
  return { entry, committedAt: null };
}
const releases = [release(4), release(5), release(6)];
const tenant = new Set(['tenant:demo']);

/** Odd events for everybody, even ones for a project. */
const split: WireContract = {
  ...recado,
  name: 'split',
  project: (entry) => [
    { frame: { event: 'e', json: String(entry.seq) }, topics: [entry.seq % 2 ? 'all' : 'project:1'] },
  ],
};
function shown(topics: string[], after: number): string[] {
  const { frames } = projectOnce(split, releases).burstFor(new Set(topics), after);
  return frames.map((frame) => ('json' in frame ? frame.json : frame.text));
}

test('a release is projected once for all sessions of a contract', () => {
  expect(projectOnce(recado, releases)).toBe(projectOnce(recado, releases));
  expect(projectOnce(recado, releases).burstFor(tenant, 3)).toBe(projectOnce(recado, releases).burstFor(tenant, 0));
});

test('a session that has some of it already gets the rest', () => {
  const { frames } = projectOnce(recado, releases).burstFor(tenant, 5);
  expect(frames).toEqual([{ event: 'ticket.message', json: '{"seq":6}' }]);
});

test('a session gets only what is for its topics, and each frame once', () => {
  expect(shown([], 0)).toEqual([]);
  expect(shown(['all'], 0)).toEqual(['5']);
  expect(shown(['project:1'], 4)).toEqual(['6']);
  expect(shown(['all', 'project:1'], 0)).toEqual(['4', '5', '6']);
});

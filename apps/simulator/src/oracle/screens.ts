// What the screens heard, judged: numbers without gaps up to the end, each message announced once and as it is, nobody else's.
import { nameOf, type Expected } from './expected.js';
import { cursorOf, type Heard } from './heard.js';
import type { Evidence, Note } from './verdict.js';

/** Notes every fault of every screen. */
export function judgeScreens(
  evidence: Evidence & { heard: Heard[] },
  expected: Map<string, Expected>,
  note: Note,
): void {
  const owners = new Map([...expected.values()].map(({ id, tenantId }) => [id, tenantId]));
  for (const screen of evidence.heard) {
    judgeNumbers(screen, evidence.cursors.get(screen.tenantId), note);
    judgeAnnouncements(screen, { expected, owners, note });
    if (evidence.freshTenants.has(screen.tenantId) && screen.resyncs === 0) judgeCompleteness(screen, evidence, note);
  }
}

function judgeNumbers(screen: Heard, end: string | undefined, note: Note): void {
  const { tenantId } = screen;
  for (const { from, to } of screen.gaps) note('gaps', `${tenantId}: events ${from} to ${to} were not told`);
  for (const { tenantId: owner, seq } of screen.foreign) note('leaks', `${tenantId} heard event ${seq} of ${owner}`);
  for (const event of screen.malformed) note('corrupt', `${tenantId}: a ${event} frame cannot be read`);
  const last = Number(end?.slice(end.lastIndexOf(':') + 1) ?? 0);
  const isBehind = end !== undefined && (end !== `${screen.epoch}:${last}` || screen.seq < last);
  if (isBehind) note('gaps', `${tenantId}: the log is at ${end}, the screen at ${cursorOf(screen)}`);
}

interface Known {
  expected: Map<string, Expected>;
  owners: Map<string, string>;
  note: Note;
}

function judgeAnnouncements({ tenantId, announced }: Heard, { expected, owners, note }: Known): void {
  const shown = new Map<string, number>();
  for (const [messageId, { id, direction, seqs, hash, isRevoked }] of announced) {
    const name = nameOf({ tenantId, id, direction });
    shown.set(name, (shown.get(name) ?? 0) + 1);
    if (seqs.size > 1) note('duplicated', `${name} (${messageId}) was announced under ${seqs.size} numbers`);
    const owner = owners.get(id);
    if (owner !== undefined && owner !== tenantId) note('leaks', `${tenantId} was shown ${id} of ${owner}`);
    const told = expected.get(name);
    if (!told?.message || isRevoked) continue;
    const hashes = [told.message.fact.hash, ...told.edits.map(({ fact }) => fact.hash)];
    if (!hashes.includes(hash)) note('corrupt', `${name} was announced with a content that was never told`);
  }
  for (const [name, times] of shown) if (times > 1) note('duplicated', `${name} was announced as ${times} messages`);
}

/** In a tenant of our own, from its beginning: what is stored was announced. */
function judgeCompleteness({ tenantId, announced }: Heard, { stored }: Evidence, note: Note): void {
  for (const message of stored) {
    if (message.tenantId !== tenantId || announced.has(message.messageId)) continue;
    note('gaps', `${nameOf(message)} is stored and was never announced`);
  }
}

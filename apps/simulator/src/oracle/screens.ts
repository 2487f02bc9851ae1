// What the screens heard, judged: numbers without gaps up to the end, each message announced once and as it is, nobody else's.
import { nameOf, type Expected } from './expected.js';
import { cursorOf, type Heard } from './heard.js';
import { placeFault } from './place.js';
import type { Evidence, Note } from './verdict.js';

type Listened = Evidence & { heard: Heard[] };

/** Notes every fault of every screen. */
export function judgeScreens(evidence: Listened, expected: Map<string, Expected>, note: Note): void {
  const owners = new Map([...expected.values()].map(({ id, tenantId }) => [id, tenantId]));
  for (const screen of evidence.heard) {
    judgeResyncs(screen, evidence, note);
    judgeNumbers(screen, evidence.cursors.get(screen.tenantId), note);
    judgeAnnouncements(screen, { expected, owners, note });
    if (!evidence.freshTenants.has(screen.tenantId)) continue;
    judgePhantoms(screen, { evidence, expected, owners, note });
    if (screen.resyncs === 0) judgeCompleteness(screen, evidence, note);
  }
  judgePresence(evidence, expected, note);
}

/** Every tenant has a screen, and where anything was stored in a tenant of our own it was told something. */
function judgePresence({ heard, freshTenants, cursors }: Listened, expected: Map<string, Expected>, note: Note): void {
  const written = new Set(
    [...expected.values()].filter(({ message }) => message?.isAcked).map((each) => each.tenantId),
  );
  for (const tenantId of new Set([...cursors.keys(), ...freshTenants, ...written])) {
    const own = heard.filter((screen) => screen.tenantId === tenantId);
    const isDeaf = freshTenants.has(tenantId) && written.has(tenantId) && own.some(({ events }) => events === 0);
    if (own.length === 0) note('gaps', `${tenantId}: no screen listened`);
    else if (isDeaf) note('gaps', `${tenantId}: the screen was told nothing`);
    if (!cursors.has(tenantId)) note('gaps', `${tenantId}: nobody knows where its log ends`);
  }
}

/** In a tenant of our own nothing is older than the log: to be sent to load again is to lose what was promised. */
function judgeResyncs({ tenantId, resyncs }: Heard, { freshTenants, mayResync }: Evidence, note: Note): void {
  if (mayResync !== true && freshTenants.has(tenantId) && resyncs > 0)
    note('gaps', `${tenantId}: the screen was told to load again ${resyncs} times`);
}

function judgeNumbers(screen: Heard, end: string | undefined, note: Note): void {
  const { tenantId } = screen;
  for (const { from, to } of screen.gaps) note('gaps', `${tenantId}: events ${from} to ${to} were not told`);
  for (const { tenantId: owner, seq } of screen.foreign) note('leaks', `${tenantId} heard event ${seq} of ${owner}`);
  for (const seq of screen.doubled) note('duplicated', `${tenantId}: event ${seq} was told twice on one connection`);
  for (const seq of screen.altered) note('corrupt', `${tenantId}: event ${seq} was told again with another content`);
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
  for (const [messageId, announcement] of announced) {
    const { id, direction, seqs, hash, isRevoked } = announcement;
    const name = nameOf({ tenantId, id, direction });
    shown.set(name, (shown.get(name) ?? 0) + 1);
    if (seqs.size > 1) note('duplicated', `${name} (${messageId}) was announced under ${seqs.size} numbers`);
    const owner = owners.get(id);
    if (owner !== undefined && owner !== tenantId) note('leaks', `${tenantId} was shown ${id} of ${owner}`);
    const told = expected.get(name);
    if (!told?.message) continue;
    const misplaced = placeFault(announcement, told.message.fact);
    if (misplaced !== null) note('corrupt', `${name} was announced: ${misplaced}`);
    if (isRevoked) continue;
    const hashes = [told.message.fact.hash, ...told.edits.map(({ fact }) => fact.hash)];
    if (!hashes.includes(hash)) note('corrupt', `${name} was announced with a content that was never told`);
  }
  for (const [name, times] of shown) if (times > 1) note('duplicated', `${name} was announced as ${times} messages`);
}

/** In a tenant of our own: what was announced before the reading began is stored. What was acknowledged is lost already, and a leak is one. */
function judgePhantoms({ tenantId, epoch, announced }: Heard, of: Known & { evidence: Evidence }): void {
  const { evidence, expected, owners, note } = of;
  const stored = new Set(evidence.stored.map(nameOf));
  const end = evidence.cursors.get(tenantId) ?? '';
  const last = end.startsWith(`${epoch}:`) ? Number(end.slice(epoch.length + 1)) : 0;
  for (const { id, direction, seqs } of announced.values()) {
    const name = nameOf({ tenantId, id, direction });
    const isLate = Math.min(...seqs) > last;
    const isNotedElsewhere = expected.get(name)?.message?.isAcked === true || (owners.get(id) ?? tenantId) !== tenantId;
    if (!stored.has(name) && !isLate && !isNotedElsewhere) note('corrupt', `${name} was announced and is not stored`);
  }
}

/** In a tenant of our own, from its beginning: what is stored was announced. */
function judgeCompleteness({ tenantId, announced }: Heard, { stored }: Evidence, note: Note): void {
  for (const message of stored) {
    if (message.tenantId !== tenantId || announced.has(message.messageId)) continue;
    note('gaps', `${nameOf(message)} is stored and was never announced`);
  }
}

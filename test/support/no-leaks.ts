// Fails a test file that leaves sockets, servers, workers or child processes behind.
import { afterAll } from 'vitest';

const LEAKS = new Set([
  'TCPServerWrap',
  'TCPSocketWrap',
  'TCPConnectWrap',
  'TLSWrap',
  'MessagePort',
  'Worker',
  'ProcessWrap',
]);
const GRACE_MS = 3000;
const atStart = countLeaks();

afterAll(async () => {
  const deadline = Date.now() + GRACE_MS;
  let left = leaked();
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    left = leaked();
  }
  if (left.length > 0) throw new Error(`this file left open: ${left.join(', ')}`);
});

function leaked(): string[] {
  const now = countLeaks();
  return [...now.keys()].filter((kind) => (now.get(kind) ?? 0) > (atStart.get(kind) ?? 0));
}

function countLeaks(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (LEAKS.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

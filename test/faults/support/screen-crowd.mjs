// Many screens in a process of their own, as browsers are: each comes back by itself to another address, with its cursor,
// and checks that it is told every number once.
import { io } from 'socket.io-client';

const PATIENCE_MS = 2_000;
/** Those who lost their server together do not all come back in the same moment. */
const SPREAD_MS = 500;

let urls = [];
const screens = [];

process.on('message', (message) => {
  if (message.kind === 'open') open(message);
  if (message.kind === 'tell') process.send(tell());
});
process.on('disconnect', () => process.exit(0));

function open({ urls: given, tokens }) {
  urls = given;
  tokens.forEach(({ tenantId, token }, n) => {
    const screen = { tenantId, token, at: n, epoch: '', last: null, isReady: false, lostAt: null };
    Object.assign(screen, { gaps: 0, duplicates: 0, resyncs: 0, backMs: 0, frames: 0 });
    screens.push(screen);
    connect(screen);
  });
}

function connect(screen) {
  const since = screen.last === null ? {} : { since: `${screen.epoch}:${screen.last}` };
  const client = io(urls[screen.at % urls.length], {
    path: '/socket.io',
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: PATIENCE_MS,
    auth: { token: screen.token, ...since },
  });
  let isOver = false;
  function comeBack() {
    if (isOver) return;
    isOver = true;
    client.disconnect();
    screen.isReady = false;
    screen.lostAt ??= performance.now();
    screen.at += 1;
    setTimeout(() => connect(screen), Math.random() * SPREAD_MS);
  }
  client.on('disconnect', comeBack);
  client.on('connect_error', comeBack);
  client.on('ready', ({ epoch, seq, replayed }) => {
    screen.isReady = true;
    screen.epoch = epoch;
    screen.last ??= seq - replayed;
    if (screen.lostAt !== null) screen.backMs = Math.max(screen.backMs, performance.now() - screen.lostAt);
    screen.lostAt = null;
  });
  client.on('resync_required', () => (screen.resyncs += 1));
  client.onAny((_event, payload) => {
    if (typeof payload?.seq !== 'number' || typeof payload.eventId !== 'string') return;
    screen.frames += 1;
    if (payload.seq <= screen.last) screen.duplicates += 1;
    else if (payload.seq !== screen.last + 1) screen.gaps += 1;
    screen.last = Math.max(screen.last, payload.seq);
  });
}

function tell() {
  const sum = (name) => screens.reduce((all, screen) => all + screen[name], 0);
  const behind = {};
  for (const { tenantId, last } of screens) behind[tenantId] = Math.min(behind[tenantId] ?? Infinity, last ?? 0);
  return {
    ready: screens.filter(({ isReady }) => isReady).length,
    gaps: sum('gaps'),
    duplicates: sum('duplicates'),
    resyncs: sum('resyncs'),
    frames: sum('frames'),
    slowestBackMs: screens.reduce((most, { backMs }) => Math.max(most, backMs), 0),
    behind,
  };
}

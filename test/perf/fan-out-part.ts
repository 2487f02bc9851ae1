// Target 5: events to many screens of one tenant, against a bare ws server that sends one by one.
import { startCrowd } from './crowd-process.js';
import type { CrowdProcess } from './crowd-process.js';
import type { BurstsPlan, CrowdResult } from './crowd.js';
import { report } from './measure.js';
import type { Options } from './options.js';
import { readCpu } from './processes.js';
import type { ServerProcess } from './processes.js';
import { ordered } from './rounds.js';
import { median, medianRatio } from './statistics.js';
import { HMAC_SECRET, startBareWs, startRecado, TENANTS } from './systems.js';
import type { Service } from './systems.js';
import { against } from './targets.js';
import type { Row } from './targets.js';

/** Deliveries of one measurement: enough for CPU that is counted in ticks of 10 ms. */
const DELIVERIES = 60_000;
const EVENTS_OF_A_BURST = 10;

const TRIALS = [
  { target: 'single-200', sockets: 200, events: 1 },
  { target: 'single-1000', sockets: 1_000, events: 1 },
  { target: 'burst-200', sockets: 200, events: EVENTS_OF_A_BURST },
  { target: 'burst-1000', sockets: 1_000, events: EVENTS_OF_A_BURST },
] as const;

/** A server that is fanned out from, and how. */
interface Sender {
  name: string;
  process: ServerProcess;
  tokens: string[] | null;
  by: () => BurstsPlan['by'];
}

interface Trial extends CrowdResult {
  /** Server CPU per delivery in µs. */
  serverMicros: number;
}

/** Runs the part on PostgreSQL. */
export async function fanOutPart(options: Options, stop: AbortSignal): Promise<Row[]> {
  await using recado = await startRecado({ profile: options.profile });
  await using bare = await startBareWs();
  await using crowd = startCrowd(stop);
  const senders = { recado: senderOf(recado), bare: bareSender(bare) };
  const rows: Row[] = [];
  let wrong = 0;
  let deliveries = 0;
  for (const { target, sockets, events } of TRIALS) {
    const ours: Trial[] = [];
    const theirs: Trial[] = [];
    const times = Math.max(10, Math.round(DELIVERIES / sockets / events));
    for (let round = 1; round <= options.rounds; round++) {
      const turns = [
        [theirs, senders.bare],
        [ours, senders.recado],
      ] as const;
      for (const [kept, sender] of ordered(turns, round)) {
        const trial = await measureTrial(crowd, sender, { sockets, events, times });
        kept.push(trial);
        report(`fan-out, ${events} event(s) to ${sockets}, round ${round}: ${sender.name} ${spell([trial])}`);
      }
    }
    for (const trial of [...ours, ...theirs]) {
      wrong += trial.wrong;
      deliveries += trial.deliveries;
    }
    const [ourRates, theirRates] = [ours, theirs].map((trials) => trials.map(({ perSecond }) => perSecond));
    const ratio = medianRatio(ourRates ?? [], theirRates ?? []);
    rows.push(against(target, ratio, `recado ${spell(ours)}; bare ws ${spell(theirs)}`));
  }
  return [...rows, against('fan-out-wrong', wrong, `of ${deliveries}`)];
}

async function measureTrial(
  crowd: CrowdProcess,
  { process: server, tokens, by }: Sender,
  { sockets, events, times }: { sockets: number; events: number; times: number },
): Promise<Trial> {
  await crowd.carryOut({ step: 'open', port: server.port, sockets, tokens });
  // Makes the contacts known and lets both ends get warm.
  await crowd.carryOut({ step: 'bursts', times: 5, events: EVENTS_OF_A_BURST, by: by() });
  const cpu = () => readCpu([server.pid]).get(server.pid) ?? NaN;
  const before = cpu();
  const result = await crowd.carryOut({ step: 'bursts', times, events, by: by() });
  const serverMicros = (cpu() - before) / result.deliveries;
  await crowd.carryOut({ step: 'close' });
  return { ...result, serverMicros };
}

/** All screens are of the first tenant. */
function senderOf(recado: Service): Sender {
  const [tenant = ''] = TENANTS;
  let runs = 0;
  return {
    name: 'recado',
    process: recado.process,
    tokens: recado.screens.filter(({ tenantId }) => tenantId === tenant).map(({ token }) => token),
    by: () => ({ kind: 'webhook', tenant, secret: HMAC_SECRET, run: `burst.${(runs += 1)}` }),
  };
}

function bareSender(server: ServerProcess): Sender {
  return { name: 'bare ws', process: server, tokens: null, by: () => ({ kind: 'word' }) };
}

function spell(trials: Trial[]): string {
  const mid = (pick: (trial: Trial) => number) => median(trials.map(pick));
  const rate = Math.round(mid(({ perSecond }) => perSecond) / 1000);
  const micros = `server ${mid(({ serverMicros }) => serverMicros).toFixed(1)} µs, client ${mid(({ clientMicros }) => clientMicros).toFixed(1)} µs`;
  return `${rate}k/s (${micros}, ${mid(({ frameBytes }) => frameBytes).toFixed(0)} bytes)`;
}

// What a person reads on the terminal once the service is up: at most twelve plain lines.
import { homedir } from 'node:os';
import { VERSION } from '../version.js';

/** What the announcement tells. `null` leaves a line out. */
export interface Announced {
  /** Without a trailing slash. */
  url: string;
  production: boolean;
  /** Where the data is: a directory, or the name of a PostgreSQL server; null is memory. */
  data: { kind: 'embedded'; dir: string | null } | { kind: 'postgres'; host: string };
  webhookApiKey: string | null;
  /** Instance of the sample that can be posted at once. */
  sampleInstance: string | null;
  token: { text: string; sub: string; tenantId: string; hours: number } | null;
}

/** The lines, in order, without line ends. */
export function announcementLines(announced: Announced): string[] {
  const { url, production, webhookApiKey, sampleInstance, token } = announced;
  const webhook = `${url}/api/webhooks/whatsapp`;
  const lines = [
    ` recado ${VERSION} · ${url}${production ? '' : ' · not for production'}`,
    `   Webhook   POST ${webhook}${webhookApiKey ? `   x-api-key: ${production ? '(as configured)' : webhookApiKey}` : ''}`,
    `   Socket    ${url}   Socket.IO, auth: { token }`,
    `   API       ${url}/openapi.json`,
    `   Data      ${describeData(announced.data)}`,
  ];
  if (!production && webhookApiKey && sampleInstance) {
    lines.push(`   Try       ${sampleCurl({ webhook, webhookApiKey, sampleInstance })}`);
  }
  if (!production && token) {
    lines.push(
      `   Token     ${token.sub} of tenant ${token.tenantId}, ${token.hours} h; another: npx recado token --help`,
      token.text,
    );
  }
  return lines;
}

/** A command that posts one inbound message, on one line, for a POSIX shell. */
export function sampleCurl(sample: { webhook: string; webhookApiKey: string; sampleInstance: string }): string {
  const body = JSON.stringify({
    id: 'wamid-first',
    type: 'MESSAGE_INBOUND',
    instanceId: sample.sampleInstance,
    payload: {
      contact: { phone: '+5511999999999', name: 'Maria' },
      message: { conversation: 'Oi!' },
      metadata: { broker: 'baileys' },
    },
  });
  return `curl -s ${sample.webhook} -H 'x-api-key: ${sample.webhookApiKey}' -H 'content-type: application/json' -d '${body}'`;
}

function describeData(data: Announced['data']): string {
  if (data.kind === 'postgres') return `PostgreSQL at ${data.host}`;
  if (data.dir === null) return 'in memory; gone when the process ends';
  const home = homedir();
  const dir = data.dir.startsWith(`${home}/`) ? `~${data.dir.slice(home.length)}` : data.dir;
  return `${dir} (embedded database; survives a crash, not a power cut)`;
}

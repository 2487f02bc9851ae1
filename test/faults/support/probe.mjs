// An honest broker in a process of its own: posts a small webhook every 20 ms and notes how long each answer took.
import { Agent, request } from 'node:http';

const EVERY_MS = 20;
const { url, key, instanceId } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true });
let answered = [];
let failures = 0;
let n = 0;

process.on('message', (kind) => {
  if (kind === 'begin') {
    answered = [];
    failures = 0;
  } else process.send({ answered, failures });
});
process.on('disconnect', () => process.exit(0));

setInterval(() => {
  const body = JSON.stringify({
    id: `probe-${n++}`,
    type: 'MESSAGE_INBOUND',
    instanceId,
    timestamp: new Date().toISOString(),
    payload: { contact: { phone: '+5511960000001', name: 'Maria' }, message: { conversation: 'Oi!' } },
  });
  const headers = { 'content-type': 'application/json', 'x-api-key': key, 'content-length': Buffer.byteLength(body) };
  const from = performance.now();
  request(`${url}/api/webhooks/whatsapp`, { method: 'POST', agent, headers }, (answer) => {
    answer.resume().on('end', () => {
      answered.push(performance.now() - from);
      if (answer.statusCode !== 202) failures += 1;
    });
  })
    .on('error', () => (failures += 1))
    .end(body);
}, EVERY_MS);

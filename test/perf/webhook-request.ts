// A signed canonical webhook of 1.2 KB as the bytes of an HTTP request.
import { createHmac } from 'node:crypto';

export const WEBHOOK_PATH = '/api/webhooks/whatsapp';

const BODY_BYTES = 1_200;

/** A request; `id` is the broker's message id, by which its event is recognised on a screen. */
export interface PreparedRequest {
  id: string;
  bytes: Buffer;
}

/** A live inbound text of contact number `contact`, whose spelling never changes, signed with `secret`. */
export function webhookRequest(input: {
  id: string;
  instanceId: string;
  contact: number;
  secret: string;
}): PreparedRequest {
  const { id, instanceId, contact, secret } = input;
  const timestamp = new Date().toISOString();
  const short = JSON.stringify(delivery({ id, instanceId, contact, timestamp, text: '' }));
  const text = 'Oi! '.padEnd(BODY_BYTES - short.length, 'abc ');
  return { id, bytes: signed(JSON.stringify(delivery({ id, instanceId, contact, timestamp, text })), secret) };
}

/** One delivery of several short messages, each of a contact of its own; `run` sets their ids apart. */
export function burstRequest(input: {
  run: string;
  events: number;
  instanceId: string;
  contacts: number[];
  secret: string;
}): Buffer {
  const { run, events, instanceId, contacts, secret } = input;
  const timestamp = new Date().toISOString();
  const items = Array.from({ length: events }, (_, n) =>
    delivery({
      id: `wamid.${run}.${n}`,
      instanceId,
      contact: contacts[n % contacts.length] ?? 0,
      timestamp,
      text: 'Oi!',
    }),
  );
  return signed(JSON.stringify({ events: items }), secret);
}

function signed(body: string, secret: string): Buffer {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const head = `POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Signature-Sha256: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body, 'latin1');
}

function delivery(input: { id: string; instanceId: string; contact: number; timestamp: string; text: string }) {
  const { id, instanceId, contact, timestamp, text } = input;
  return {
    id,
    type: 'MESSAGE_INBOUND',
    instanceId,
    timestamp,
    payload: {
      instanceId,
      timestamp,
      contact: {
        phone: `+55119${String(70_000_000 + contact)}`,
        name: `Maria ${contact}`,
        registrations: ['ABC123'],
      },
      message: { conversation: text },
      metadata: { broker: 'baileys', timestamp: Math.floor(Date.parse(timestamp) / 1000) },
    },
  };
}

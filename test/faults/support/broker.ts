// A broker that posts webhooks over kept connections and sends again what it got no answer to, as brokers do.
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { WEBHOOK_KEY } from './fault-service.js';

/** What a delivery was answered with; status 0 when the connection was refused or cut. */
export interface Outcome {
  status: number;
  /** Counts of a 202, or the error of anything else. */
  body: Record<string, unknown>;
}

const NO_ANSWER: Outcome = { status: 0, body: {} };
const RETRY_MS = 100;
const GIVE_UP_MS = 60_000;

/** Connections to webhook doors. */
export class Broker implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  /** Posts of `deliver` that had to be sent again; each may have been stored all the same. */
  sentAgain = 0;

  /** Posts once. Never rejects. */
  post(url: string, delivery: unknown): Promise<Outcome> {
    const body = JSON.stringify(delivery);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-api-key': WEBHOOK_KEY,
    };
    return new Promise((resolve) => {
      const posted = request(url, { method: 'POST', headers, agent: this.#agent }, (answer) => {
        let text = '';
        answer
          .setEncoding('utf8')
          .on('data', (part: string) => (text += part))
          .on('error', () => resolve(NO_ANSWER))
          .on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Outcome['body'] }));
      });
      posted.on('error', () => resolve(NO_ANSWER)).end(body);
    });
  }

  /** Posts until it is answered with something else than "not now", which is 503 or no answer at all. Rejects after a minute of that. */
  async deliver(url: string, delivery: unknown): Promise<Outcome> {
    const from = performance.now();
    for (;;) {
      const outcome = await this.post(url, delivery);
      if (outcome.status !== 0 && outcome.status !== 503) return outcome;
      if (performance.now() - from > GIVE_UP_MS) throw new Error(`a delivery got no answer but ${outcome.status}`);
      this.sentAgain += 1;
      await wait(RETRY_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

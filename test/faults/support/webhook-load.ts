// An open-loop load of webhooks whose every outcome is written down, and that is sent again until it is acknowledged.
import { Agent, request } from 'node:http';
import { WEBHOOK_KEY } from './fault-service.js';

/** One post and what became of it. `unknown`: the connection ended without an answer. Times in ms. */
export interface Post {
  id: string;
  tenantId: string;
  text: string;
  outcome: 'under way' | 'acked' | 'refused' | 'unknown';
  status: number | null;
  retryAfter: string | null;
  /** By `performance.now()`. */
  at: number;
  ms: number;
}

export interface LoadOptions {
  /** Where to; a function is asked for each post. */
  url: string | (() => string);
  /** Webhooks a second, begun by the clock, answered or not. */
  rate: number;
  tenants: readonly string[];
  chats?: number;
  /** The share that repeats an earlier id. */
  replays?: number;
  /** Sets the ids of this load apart from others. */
  run?: string;
}

/** A load under way. */
export interface Load {
  posts: Post[];
  /** Stops beginning posts, waits for those under way. */
  stop(): Promise<void>;
  /** Posts again what was never acknowledged, as a broker does, until it is. Throws when it is not within `withinMs`. */
  settle(url: string, withinMs?: number): Promise<void>;
  [Symbol.dispose](): void;
}

const TICK_MS = 5;
/** Prime to the number of chats: neighbours in time are different people. */
const STRIDE = 7_919;

/** Begins at once. */
export function startLoad(options: LoadOptions): Load {
  const { url, rate, tenants, chats = 300, replays = 0.1, run = 'load' } = options;
  const agent = new Agent({ keepAlive: true });
  const posts: Post[] = [];
  const underWay = new Set<Promise<void>>();
  const from = performance.now();
  let begun = 0;

  function begin(): void {
    const isReplay = posts.length > 10 && begun % Math.round(1 / replays) === 0;
    const n = isReplay ? begun - 7 : begun;
    begun += 1;
    const chat = (n * STRIDE) % chats;
    const tenantId = tenants[chat % tenants.length] ?? '';
    const post = newPost({ id: `${run}-${n}`, tenantId });
    posts.push(post);
    const done = send({ url: typeof url === 'string' ? url : url(), agent, post, chat }).finally(() =>
      underWay.delete(done),
    );
    underWay.add(done);
  }
  const ticker = setInterval(() => {
    const due = ((performance.now() - from) / 1000) * rate;
    while (begun < due) begin();
  }, TICK_MS);

  return {
    posts,
    async stop() {
      clearInterval(ticker);
      await Promise.all(underWay);
    },
    async settle(to, withinMs = 15_000) {
      const end = performance.now() + withinMs;
      const acked = new Set(posts.flatMap(({ id, outcome }) => (outcome === 'acked' ? [id] : [])));
      for (const { id, tenantId } of posts.filter((post) => !acked.has(post.id))) {
        if (acked.has(id)) continue;
        for (;;) {
          const again = newPost({ id, tenantId });
          const chat = (Number(id.slice(run.length + 1)) * STRIDE) % chats;
          await send({ url: to, agent, post: again, chat });
          if (again.outcome === 'acked') break;
          if (performance.now() > end) throw new Error(`${id} was not acknowledged in time: ${again.status}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        acked.add(id);
      }
    },
    [Symbol.dispose]() {
      clearInterval(ticker);
      agent.destroy();
    },
  };
}

/** A post that has not begun; its text follows from its id. */
export function newPost({ id, tenantId }: { id: string; tenantId: string }): Post {
  const nothing = { outcome: 'under way' as const, status: null, retryAfter: null, at: 0, ms: 0 };
  return { id, tenantId, text: `Olá, é a mensagem ${id}`, ...nothing };
}

/** Sends it and writes its outcome into it. Never throws. */
export function send({
  url,
  agent,
  post,
  chat,
}: {
  url: string;
  agent: Agent;
  post: Post;
  chat: number;
}): Promise<void> {
  const timestamp = new Date().toISOString();
  const body = JSON.stringify({
    id: post.id,
    type: 'MESSAGE_INBOUND',
    instanceId: post.tenantId,
    timestamp,
    payload: {
      contact: { phone: `+55119${String(60_000_000 + chat)}`, name: `Maria ${chat}` },
      message: { conversation: post.text },
      metadata: { broker: 'baileys' },
    },
  });
  const headers = {
    'content-type': 'application/json',
    'x-api-key': WEBHOOK_KEY,
    'content-length': Buffer.byteLength(body),
  };
  post.at = performance.now();
  return new Promise((resolve) => {
    function finish(outcome: Post['outcome'], status: number | null = null, retryAfter: string | null = null): void {
      if (post.outcome !== 'under way') return;
      Object.assign(post, { outcome, status, retryAfter, ms: performance.now() - post.at });
      resolve();
    }
    request(`${url}/api/webhooks/whatsapp`, { method: 'POST', agent, headers }, (answer) => {
      const { statusCode = 0, headers: answered } = answer;
      answer.resume();
      answer.on('end', () =>
        finish(statusCode === 202 ? 'acked' : 'refused', statusCode, answered['retry-after'] ?? null),
      );
      answer.on('close', () => finish('unknown'));
    })
      .on('error', () => finish('unknown'))
      .end(body);
  });
}

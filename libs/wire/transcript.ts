// Golden transcripts: plays one session of a contract in memory and writes down, line by line, what a client would see.
import type {
  Effect,
  Frame,
  Identity,
  Inbound,
  LogEntry,
  Opening,
  Position,
  Session,
  WireContract,
} from './contract.js';

/** What happens to the session, in order. */
export type Step =
  | { open: Opening }
  | { receive: Inbound }
  | { entry: LogEntry }
  | { resync: Position }
  | { idle: true };

/** The session and the tickets its tenant has; `lookups: 'down'` makes every look-up fail. */
export interface Scene {
  identity: Identity;
  params?: Record<string, string>;
  tickets?: readonly string[];
  lookups?: 'up' | 'down';
}

/**
 * Plays the steps and returns the lines: `< event json` or `< "text"` to this client, `ack …`, `+topic`, `-topic`,
 * `topic < event json` to the others there, `close code`. A frame is written only if the session is in its topic.
 */
export function playTranscript(contract: WireContract, scene: Scene, steps: readonly Step[]): string[] {
  const topics = new Set<string>();
  const session: Session = { identity: scene.identity, topics, params: scene.params ?? {} };
  const lines: string[] = [];

  function perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
          lines.push(`< ${show(effect.frame)}`);
          break;
        case 'accept':
          lines.push('ack ok');
          break;
        case 'refuse':
          lines.push(`ack ${effect.refusal.code}`);
          break;
        case 'join':
          if (!topics.has(effect.topic)) lines.push(`+${effect.topic}`);
          topics.add(effect.topic);
          break;
        case 'leave':
          if (topics.delete(effect.topic)) lines.push(`-${effect.topic}`);
          break;
        case 'relay':
          lines.push(`${effect.topic} < ${show(effect.frame)}`);
          break;
        case 'check-ticket':
          if (scene.lookups === 'down') perform(effect.failed);
          else perform(scene.tickets?.includes(effect.ticketId) ? effect.granted : effect.refused);
          break;
        case 'close':
          lines.push(`close ${effect.code}`);
          break;
        default:
          effect satisfies never;
      }
    }
  }

  for (const step of steps) {
    if ('open' in step) perform(contract.open(session, step.open));
    else if ('receive' in step) perform(contract.receive(session, step.receive));
    else if ('resync' in step) perform(contract.resync(session, step.resync));
    else if ('idle' in step) perform(contract.idle(session));
    else {
      for (const { frame, topics: addressed } of contract.project(step.entry)) {
        if (addressed.some((topic) => topics.has(topic))) lines.push(`< ${show(frame)}`);
      }
    }
  }
  return lines;
}

function show(frame: Frame): string {
  return 'text' in frame ? JSON.stringify(frame.text) : `${frame.event} ${frame.json}`;
}

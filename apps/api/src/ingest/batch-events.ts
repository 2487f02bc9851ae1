// The events a batch appends, in the order a screen should learn of them.
import type { LockedTicket } from '../db/sql/ingest-tickets.js';
import type { NewEvent } from '../events/log.js';
import type { Bound } from './bind.js';
import {
  alterationEvent,
  contactEvent,
  instanceEvent,
  messageEvent,
  queueMissingEvent,
  ticketEvent,
} from './domain-payloads.js';
import type { Identified } from './identify.js';
import type { Stored } from './store-messages.js';
import type { Threaded } from './thread.js';
import { stateOf, type InstanceWork } from './work.js';

/** A ticket whose last line was edited, revoked or filled in. */
export interface Refreshed {
  ticket: LockedTicket;
  traceId: string;
}

/** What the steps of a batch found and did. */
export interface Told {
  stored: Stored;
  bound: Bound;
  identified: Identified;
  threaded: Threaded;
  states: Set<string>;
  queueless: { tenantId: string; instanceId: string; traceId: string }[];
  previews: Refreshed[];
  instances: InstanceWork[];
  now: Date;
}

/** The batch's events. */
export function eventsOf({
  stored,
  bound,
  identified,
  threaded,
  states,
  queueless,
  previews,
  instances,
  now,
}: Told): NewEvent[] {
  const traces = new Map(stored.accepted.map(({ row }) => [row.ticketId, row.traceId]));
  return [
    ...[...identified.changed.values()].map(contactEvent),
    ...stored.accepted.map(messageEvent),
    ...[...stored.tickets.values()]
      .filter((ticket) => threaded.reopened.has(ticket.id))
      .map((ticket) => ticketEvent(ticket, ['status'], traces.get(ticket.id) ?? '', now)),
    ...bound.alterations.map(alterationEvent),
    ...previews.map(({ ticket, traceId }) => ticketEvent(ticket, ['lastMessagePreview'], traceId, now)),
    ...queueless.map((instance) => queueMissingEvent(instance, instance.traceId, now)),
    ...instances
      .filter((work) => states.has(work.delivery.instanceId))
      .map((work) => instanceEvent(stateOf(work), work.delivery.traceId, work.at)),
  ];
}

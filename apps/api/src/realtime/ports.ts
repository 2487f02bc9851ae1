// What the realtime room needs of its surroundings beside the database: a logger and a few counters.

/** Structured logging, pino's argument order. Fields hold codes and counts, never payloads, tokens or addresses. */
export interface RealtimeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The metrics the room keeps; the service's own fit. */
export interface RealtimeMetrics {
  sockets: { inc(labels: { contract: string }): void; dec(labels: { contract: string }): void };
  /** From the commit of an event to its writing to this process's sockets. */
  emitDelaySeconds: { observe(seconds: number): void };
}

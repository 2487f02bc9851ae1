// Small messages between processes: wake-ups of the log's tail, typing, revocation. They carry nothing that must not be lost.

/** `log`: `tenant:lastSeq,…` of a commit. `typing`: JSON of an ephemeral frame. `revoked`: JSON `{tenantId, jti}`. */
export type SignalChannel = 'log' | 'typing' | 'revoked';

/** A bus between the processes on one database. A process never hears its own signals. Delivery is best effort. */
export interface Signals {
  publish(channel: SignalChannel, payload: string): void;
  subscribe(channel: SignalChannel, listener: (payload: string) => void): void;
  /** Called after the listening connection was lost and is back: whoever relies on signals must look for itself. */
  onReconnect(listener: () => void): void;
  close(): Promise<void>;
}

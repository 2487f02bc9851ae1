// The error of everything that was under way when the embedded database went away.

/** The connection to the embedded database is gone; SQLSTATE 08006, so it is classified as an outage like any lost server. */
export class ConnectionLostError extends Error {
  readonly code = '08006';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectionLostError';
  }
}

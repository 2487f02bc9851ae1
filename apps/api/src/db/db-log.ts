// What the database room needs of a logger. A pino logger fits.

/** Structured logging, pino's argument order. Fields hold codes and counts, never payloads or addresses. */
export interface DbLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Logs nothing. */
export const silentLog: DbLog = { info() {}, warn() {}, error() {} };

// The service's logger: JSON lines in which personal data and credentials are masked, whatever brought them there.
import pino, { type DestinationStream, type Logger } from 'pino';
import { maskText } from './log-masks.js';

export type Log = Logger;

/** What a logger is made of. `destination` is standard output unless given. */
export interface LogOptions {
  level: string;
  destination?: DestinationStream;
  /** One plain line per entry, for a person at a terminal, instead of JSON. */
  pretty?: boolean;
}

/**
 * Makes the logger. Every line goes through the masks as it is written, messages and stacks included; an error shows
 * its type, code, message, stack and cause only, because a driver's error carries the values it was given.
 */
export function createLog({ level, destination, pretty = false }: LogOptions): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    hooks: { streamWrite: pretty ? (line) => toPlainLine(maskText(line)) : maskText },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface ErrorFields {
  type: string;
  code?: string;
  message: string;
  stack?: string;
  cause?: ErrorFields;
}

function describeError(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}

function toPlainLine(line: string): string {
  const { time, level, msg = '', err, ...rest } = JSON.parse(line) as Record<string, unknown> & { msg?: string };
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const stack = err && typeof err === 'object' && 'stack' in err ? `\n${String(err.stack)}` : '';
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${msg}${fields.join('')}${stack}\n`;
}

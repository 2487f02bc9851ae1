// Why the service did not start, for the person who started it: one sentence, and what to do.
import { ConfigError } from '../config.js';
import { DirectoryLockedError } from '../db/embedded/lock.js';
import { MigrationError } from '../db/migrate.js';

const DATABASE_DOWN = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', '57P03']);
const DIRECTORY_UNUSABLE = new Set(['EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC', 'EDQUOT', 'EPERM']);
const DATABASE_REFUSES = new Set(['28P01', '28000', '3D000', '42501']);

/** The text for a failed start. Failures nobody foresaw come with their stack. */
export function explainFailure(error: unknown, asked: { port: number; host: string } | null): string {
  if (error instanceof ConfigError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'EADDRINUSE' && asked) {
    return `Port ${asked.port} is taken by another process. Choose another: PORT=${asked.port + 1}`;
  }
  const isOwnName = error instanceof Error && 'hostname' in error && error.hostname === asked?.host;
  if (isOwnName && asked) return `HOST=${asked.host} is no address of this machine. Change HOST.`;
  if (code === 'EADDRNOTAVAIL' && asked) return `No network interface here has the address ${asked.host}. Change HOST.`;
  if (code === 'EACCES' && asked)
    return `No permission: ${message}. Use a port above 1023 and a data directory you own.`;
  if (DIRECTORY_UNUSABLE.has(code))
    return `The data directory cannot be used: ${message}. Set RECADO_DATA_DIR to a directory you can write to.`;
  if (DATABASE_DOWN.has(code))
    return `PostgreSQL does not answer (${code}). Check DATABASE_URL and that the server runs.`;
  if (DATABASE_REFUSES.has(code))
    return `PostgreSQL refuses: ${message}. Check the user, password and database of DATABASE_URL.`;
  if (error instanceof DirectoryLockedError || error instanceof MigrationError) return message;
  return error instanceof Error && error.stack ? error.stack : message;
}

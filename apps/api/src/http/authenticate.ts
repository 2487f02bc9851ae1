// Who calls a REST route: a bearer token, its roles.
import type { Request } from 'express';
import type { Principal, Role, Tokens } from '../auth/tokens.js';
import { RecadoError } from '../errors.js';
import { noteFailure } from './failed-credentials.js';

const BEARER = /^bearer +(\S+) *$/i;

/** Verifies the request's bearer token. Wrong ones count against the address (429); a missing one does not. */
export async function authenticate(req: Request, tokens: Tokens): Promise<Principal> {
  const { authorization } = req.headers;
  if (authorization === undefined) throw new RecadoError('CREDENTIALS_MISSING');
  try {
    const token = BEARER.exec(authorization)?.[1];
    if (!token) throw new RecadoError('CREDENTIALS_INVALID');
    return await tokens.verify(token);
  } catch (error) {
    if (error instanceof RecadoError && error.code === 'CREDENTIALS_INVALID') await noteFailure(req);
    throw error;
  }
}

/** Throws FORBIDDEN unless one of the principal's roles is allowed. An admin may what an agent may. */
export function assertRole(principal: Principal, allowed: readonly Role[]): void {
  const may = principal.roles.some((role) => allowed.includes(role) || (role === 'admin' && allowed.includes('agent')));
  if (!may) throw new RecadoError('FORBIDDEN');
}

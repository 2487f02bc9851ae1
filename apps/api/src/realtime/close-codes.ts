// Every way the service closes a socket: the code, a sentence for a person, and whether to come back (DESIGN 9).

export const CLOSE_CODES = {
  1001: { reason: 'The server is going away. Come back in a moment.', comeBack: true },
  1008: { reason: 'The credentials are missing or wrong.', comeBack: false },
  1009: { reason: 'The frame is too large.', comeBack: false },
  1011: { reason: 'Something failed on our side. Come back with your cursor.', comeBack: true },
  1013: { reason: 'The service cannot take you now. Come back later.', comeBack: true },
  4401: { reason: 'The token has expired or was revoked. Sign in again.', comeBack: false },
  4403: { reason: 'The tenant of this token does not exist.', comeBack: false },
  4408: { reason: 'No authentication came in time.', comeBack: false },
  4410: { reason: 'You read too slowly. Come back and resume with your cursor.', comeBack: true },
  4429: { reason: 'You sent too many frames. Slow down.', comeBack: false },
} as const satisfies Record<number, { reason: string; comeBack: boolean }>;

export type CloseCode = keyof typeof CLOSE_CODES;

/** Whether a contract's number is in the table. */
export function isCloseCode(code: number): code is CloseCode {
  return Object.hasOwn(CLOSE_CODES, code);
}

/** The last frame before a close: `closing {code, reason, comeBack}`. */
export function closingFrame(code: CloseCode): { event: string; json: string } {
  return { event: 'closing', json: JSON.stringify({ code, ...CLOSE_CODES[code] }) };
}

// Every error the service answers with: one table of codes, one class. The converter to HTTP is http/error-response.ts.
import { randomUUID } from 'node:crypto';

interface ErrorRow {
  status: number;
  /** What happened and what to do, for a person. */
  message: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

export const ERRORS = {
  BODY_INVALID: {
    status: 400,
    message: 'The body is not valid JSON. Send a JSON object or array.',
    retryable: false,
  },
  BODY_TOO_DEEP: {
    status: 400,
    message: 'The body is nested too deeply. Send at most 64 levels.',
    retryable: false,
  },
  BODY_TOO_VARIED: {
    status: 413,
    message:
      'The body has more keys or values than any delivery: at most about 20,000 different keys, 131,072 in one object, and above 4 MB 600,000 values. Send it in parts.',
    retryable: false,
  },
  VALIDATION_FAILED: {
    status: 400,
    message: 'The request does not fit the schema. See details for each path.',
    retryable: false,
  },
  CURSOR_INVALID: {
    status: 400,
    message: 'The cursor is not one of ours. Start again without it.',
    retryable: false,
  },
  CREDENTIALS_MISSING: {
    status: 401,
    message: 'Send credentials: a bearer token, or the webhook key in X-API-Key.',
    retryable: false,
  },
  CREDENTIALS_INVALID: {
    status: 401,
    message: 'The credentials are wrong. Check the key, the signature secret or the token.',
    retryable: false,
  },
  TOKEN_EXPIRED: {
    status: 401,
    message: 'The token has expired. Sign in again.',
    retryable: false,
  },
  TOKEN_REVOKED: {
    status: 401,
    message: 'The token was revoked. Sign in again.',
    retryable: false,
  },
  FORBIDDEN: { status: 403, message: 'Your role does not allow this.', retryable: false },
  TENANT_UNKNOWN: {
    status: 403,
    message: 'The tenant of this token does not exist. An operator creates it with POST /api/tenants.',
    retryable: false,
  },
  WEBHOOK_NOT_CONFIGURED: {
    status: 403,
    message:
      'No webhook credential is configured for this instance. Set WHATSAPP_WEBHOOK_API_KEY or the instance credential.',
    retryable: false,
  },
  ORIGIN_FORBIDDEN: {
    status: 403,
    message: 'This origin is not allowed. Add it to CORS_ORIGINS.',
    retryable: false,
  },
  NOT_FOUND: {
    status: 404,
    message: 'There is nothing here under that id or path.',
    retryable: false,
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: 'This path does not take that method. See the Allow header.',
    retryable: false,
  },
  CONFLICT: {
    status: 409,
    message: 'The request conflicts with what is stored.',
    retryable: false,
  },
  INSTANCE_ID_TAKEN: {
    status: 409,
    message: 'An instance with this instanceId exists. Choose another.',
    retryable: false,
  },
  TENANT_ID_TAKEN: {
    status: 409,
    message: 'A tenant with this id exists. Choose another.',
    retryable: false,
  },
  QUEUE_NAME_TAKEN: {
    status: 409,
    message: 'A queue with this name exists. Choose another.',
    retryable: false,
  },
  CONTACT_EXISTS: {
    status: 409,
    message: 'A contact with this phone exists already.',
    retryable: false,
  },
  TICKET_ALREADY_OPEN: {
    status: 409,
    message: 'This conversation has another open ticket. Resolve that one first.',
    retryable: false,
  },
  RESYNC_REQUIRED: {
    status: 410,
    message: 'The log no longer holds what follows this cursor. Load the lists again and go on from their asOf.',
    retryable: false,
  },
  PRECONDITION_FAILED: {
    status: 412,
    message: 'The resource has changed since you read it. Read it again.',
    retryable: false,
  },
  BODY_TOO_LARGE: {
    status: 413,
    message: 'The body is larger than this door accepts.',
    retryable: false,
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    message: 'Send application/json, uncompressed or gzip.',
    retryable: false,
  },
  NOT_A_CONTRACT_EVENT: {
    status: 422,
    message: 'No item of this delivery is a contract event. See details for each path.',
    retryable: false,
  },
  RATE_LIMITED: {
    status: 429,
    message: 'Too many failed attempts. Wait and try again.',
    retryable: true,
  },
  INTERNAL: {
    status: 500,
    message: 'Something failed on our side. The trace id finds it in the log.',
    retryable: true,
  },
  UNAVAILABLE: {
    status: 503,
    message: 'The request could not be carried out now. Send it again after Retry-After.',
    retryable: true,
  },
  OVERLOADED: {
    status: 503,
    message: 'The waiting line is full. Send it again after Retry-After.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** One path that is wrong, and why. */
export interface ErrorDetail {
  path: string;
  code: string;
  message: string;
}

/** The error object on the wire: REST bodies, socket acks and `connect_error.data` (DESIGN 9). */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  details?: ErrorDetail[];
  retryable: boolean;
  traceId: string;
}

/** An error a client is told about. `retryAfterSeconds` becomes the Retry-After header. */
export class RecadoError extends Error {
  readonly details: ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    options: {
      message?: string;
      details?: ErrorDetail[];
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(options.message ?? ERRORS[code].message, { cause: options.cause });
    this.name = 'RecadoError';
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Anything thrown, as the object on the wire; what is not a RecadoError becomes INTERNAL and tells nothing of itself. */
export function toErrorBody(error: unknown, traceId: string = randomUUID()): ErrorBody {
  const known = error instanceof RecadoError ? error : new RecadoError('INTERNAL', { cause: error });
  return {
    code: known.code,
    message: known.message,
    ...(known.details && { details: known.details }),
    retryable: ERRORS[known.code].retryable,
    traceId,
  };
}

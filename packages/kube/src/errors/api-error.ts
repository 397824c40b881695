import { isRecord } from '../object/object.ts';
import { printable } from './printable.ts';

const marker = Symbol.for('@egressip-ipam/kube.ApiError');

const longestText = 4_096;
const mostCauses = 100;

/** One cause in a Kubernetes Status, e.g. which field was invalid. */
export interface ApiErrorCause {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly field?: string | undefined;
}

/** The `details` of a Kubernetes Status. */
export interface ApiErrorDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly ApiErrorCause[] | undefined;
}

interface ApiErrorFields {
  readonly status: number;
  readonly reason: string;
  readonly serverMessage: string;
  readonly details: ApiErrorDetails;
  readonly retryAfterSeconds: number | undefined;
  /** What was asked, e.g. `PATCH /api/v1/namespaces/a`. */
  readonly request: string;
}

/** The API server answered, and the answer is a failure. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly [marker] = true;
  /** HTTP status code. */
  readonly status: number;
  /** Kubernetes' machine-readable reason, e.g. `NotFound`; empty when the answer was no Status. */
  readonly reason: string;
  /** The server's sentence alone. */
  readonly serverMessage: string;
  readonly details: ApiErrorDetails;
  /** Seconds after which the server wants to be asked again, from `Retry-After` or `details.retryAfterSeconds`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(fields: ApiErrorFields) {
    super(
      `${fields.request}: ${fields.status}${fields.reason && ` ${fields.reason}`}${fields.serverMessage && `: ${fields.serverMessage}`}`,
    );
    this.status = fields.status;
    this.reason = fields.reason;
    this.serverMessage = fields.serverMessage;
    this.details = fields.details;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }

  /** True for any ApiError, also one made by another copy of this package. */
  static isInstance(error: unknown): error is ApiError {
    return error instanceof Error && marker in error;
  }
}

/** An error from a Status object or any other body, with its HTTP status. `body` is parsed JSON, or text. */
export function apiErrorFrom(request: string, status: number, body: unknown, retryAfterHeader?: string): ApiError {
  const record = isRecord(body) ? body : {};
  const details = isRecord(record.details) ? record.details : {};
  const seconds =
    typeof details.retryAfterSeconds === 'number' && details.retryAfterSeconds >= 0
      ? details.retryAfterSeconds
      : undefined;
  return new ApiError({
    request,
    status,
    reason: text(record.reason) ?? '',
    serverMessage: text(record.message) ?? (typeof body === 'string' ? printable(body, 500) : ''),
    details: {
      name: text(details.name),
      group: text(details.group),
      kind: text(details.kind),
      uid: text(details.uid),
      causes: Array.isArray(details.causes)
        ? details.causes.slice(0, mostCauses).filter(isRecord).map(toCause)
        : undefined,
    },
    retryAfterSeconds: parseRetryAfter(retryAfterHeader) ?? seconds,
  });
}

function toCause(cause: Record<string, unknown>): ApiErrorCause {
  return { reason: text(cause.reason), message: text(cause.message), field: text(cause.field) };
}

/** A text of the server's, fit for a log: of bounded length, in one line. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? printable(value, longestText) : undefined;
}

// The API server only ever sends seconds; a date (RFC 9110 allows it) is left to the caller's own back-off.
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;
}

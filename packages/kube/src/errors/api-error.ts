import { isRecord } from '../resource/object.ts';

const marker = Symbol.for('@egressip-ipam/kube.ApiError');

/** One cause in a Kubernetes Status, e.g. which field was invalid. */
export interface ApiErrorCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The `details` of a Kubernetes Status. */
export interface ApiErrorDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly ApiErrorCause[];
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
    super(`${fields.request}: ${fields.status}${fields.reason && ` ${fields.reason}`}${fields.serverMessage && `: ${fields.serverMessage}`}`);
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
  const seconds = typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : undefined;
  return new ApiError({
    request,
    status,
    reason: text(record.reason) ?? '',
    serverMessage: text(record.message) ?? (typeof body === 'string' ? body.slice(0, 500).trim() : ''),
    details: {
      ...optional('name', details.name),
      ...optional('group', details.group),
      ...optional('kind', details.kind),
      ...optional('uid', details.uid),
      ...(Array.isArray(details.causes) && { causes: details.causes.filter(isRecord).map(toCause) }),
    },
    retryAfterSeconds: parseRetryAfter(retryAfterHeader) ?? seconds,
  });
}

function toCause(cause: Record<string, unknown>): ApiErrorCause {
  return { ...optional('reason', cause.reason), ...optional('message', cause.message), ...optional('field', cause.field) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optional<Key extends string>(key: Key, value: unknown): { readonly [Name in Key]?: string } {
  return typeof value === 'string' ? { [key]: value } as { readonly [Name in Key]: string } : {};
}

// The API server only ever sends seconds; a date (RFC 9110 allows it) is left to the caller's own back-off.
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;
}

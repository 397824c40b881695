const marker = Symbol.for('@egressip-ipam/kube.TransportError');

/**
 * Why there is no answer: `connect` no connection could be made, `refused` nobody listens, `reset` the connection
 * broke, `timeout` the deadline passed, `aborted` the caller gave up, `protocol` what came is not what Kubernetes
 * sends, `too-large` more came than is read, `credentials` they could not be obtained.
 */
export type TransportErrorKind =
  'connect' | 'refused' | 'reset' | 'timeout' | 'aborted' | 'protocol' | 'too-large' | 'credentials';

/** How much of an answer is read and how much came, in bytes, until it was given up or as it announced itself. */
export interface AnswerSize {
  readonly limit: number;
  readonly received: number;
}

/**
 * Whether the server may have acted on the request: `never-sent` not one byte of it left this process,
 * `unknown` it was sent, so that a write may or may not have been applied.
 */
export type RequestOutcome = 'never-sent' | 'unknown';

interface TransportErrorOptions {
  readonly kind: TransportErrorKind;
  readonly outcome: RequestOutcome;
  readonly reusedConnection?: boolean;
  readonly size?: AnswerSize | undefined;
  readonly cause?: unknown;
}

/** There is no (complete) answer of the API server. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly [marker] = true;
  readonly kind: TransportErrorKind;
  readonly outcome: RequestOutcome;
  /** True when the request went out on a kept-alive connection that had served another one before. */
  readonly reusedConnection: boolean;
  /** Of an answer that is `too-large`. */
  readonly size: AnswerSize | undefined;

  constructor(message: string, options: TransportErrorOptions) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
    this.outcome = options.outcome;
    this.reusedConnection = options.reusedConnection ?? false;
    this.size = options.size;
  }

  /** True for any TransportError, also one made by another copy of this package. */
  static isInstance(error: unknown): error is TransportError {
    return error instanceof Error && marker in error;
  }
}

/** The error of an answer, or of a line of it, of which more came than is read. */
export function tooLargeError(what: string, size: AnswerSize): TransportError {
  return new TransportError(`${what} is larger than the ${size.limit} bytes that are read: ${size.received} came`, {
    kind: 'too-large',
    outcome: 'unknown',
    size,
  });
}

const marker = Symbol.for('@egressip-ipam/kube.TransportError');

/**
 * Why there is no answer: `connect` no connection could be made, `refused` nobody listens, `reset` the connection broke,
 * `timeout` the deadline passed, `aborted` the caller gave up, `protocol` what came is not what Kubernetes sends,
 * `credentials` they could not be obtained.
 */
export type TransportErrorKind = 'connect' | 'refused' | 'reset' | 'timeout' | 'aborted' | 'protocol' | 'credentials';

/**
 * Whether the server may have acted on the request: `never-sent` not one byte of it left this process,
 * `unknown` it was sent, so that a write may or may not have been applied.
 */
export type RequestOutcome = 'never-sent' | 'unknown';

/** There is no (complete) answer of the API server. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly [marker] = true;
  readonly kind: TransportErrorKind;
  readonly outcome: RequestOutcome;
  /** True when the request went out on a kept-alive connection that had served another one before. */
  readonly reusedConnection: boolean;

  constructor(message: string, options: { kind: TransportErrorKind; outcome: RequestOutcome; reusedConnection?: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
    this.outcome = options.outcome;
    this.reusedConnection = options.reusedConnection ?? false;
  }

  /** True for any TransportError, also one made by another copy of this package. */
  static isInstance(error: unknown): error is TransportError {
    return error instanceof Error && marker in error;
  }
}

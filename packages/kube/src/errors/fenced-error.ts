const marker = Symbol.for('@egressip-ipam/kube.FencedError');

/** A write was stopped before its first byte, because this process may no longer write. Nothing was sent. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  readonly [marker] = true;

  /** True for any FencedError, also one made by another copy of this package. */
  static isInstance(error: unknown): error is FencedError {
    return error instanceof Error && marker in error;
  }
}

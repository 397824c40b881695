/** Every class that an error may have. */
export const providerErrorClasses = [
  'permanent',
  'throttled',
  'conflict',
  'capacity',
  'not-found',
  'unauthorized',
  'transient',
  'unknown',
] as const;

/**
 * How an error is to be answered: `permanent` not without a change of input;
 * `throttled` later, and slower; `conflict` the address is taken by someone else;
 * `capacity` the interface is full; `not-found` the node or interface is not there;
 * `unauthorized` credentials are missing or do not allow it; `transient` try again;
 * `unknown` the change may or may not have happened.
 */
export type ProviderErrorClass = (typeof providerErrorClasses)[number];

/** A provider's error as plain data, fit for a snapshot. Never holds a secret. */
export interface ProviderErrorDescription {
  readonly class: ProviderErrorClass;
  /** The platform's own code, such as `RequestLimitExceeded`. */
  readonly code?: string;
  /** One sentence that names the object, the value and the way out. */
  readonly message: string;
  /** With `throttled`: do not come back before this many milliseconds. */
  readonly retryAfterMilliseconds?: number;
}

const marker = Symbol.for('egressip-ipam.ProviderError');

/** The only error that a provider throws. Recognised by a marker, so that two copies of the package agree. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** What happened, as plain data. */
  readonly description: ProviderErrorDescription;
  readonly [marker] = true;

  constructor(description: ProviderErrorDescription, options?: ErrorOptions) {
    super(description.message, options);
    this.description = description;
  }

  /** Whether a caught value is a ProviderError, of this or another copy of the package. */
  static isInstance(error: unknown): error is ProviderError {
    return typeof error === 'object' && error !== null && marker in error;
  }
}

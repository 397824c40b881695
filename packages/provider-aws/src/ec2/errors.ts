import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { ProviderError, type ProviderErrorClass, type ProviderErrorDescription } from '@egressip-ipam/core';

/**
 * EC2's error codes and what they mean here (EC2 API Reference, "Error codes for the
 * Amazon EC2 API"; SDK Reference Guide, "Retry behavior", for the throttling ones; STS API Reference).
 */
const classesByCode: Readonly<Record<string, ProviderErrorClass>> = {
  RequestLimitExceeded: 'throttled',
  EC2ThrottledException: 'throttled',
  RequestThrottled: 'throttled',
  RequestThrottledException: 'throttled',
  SlowDown: 'throttled',
  ThrottledException: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  'InvalidIPAddress.InUse': 'conflict',
  'InvalidAddress.InUse': 'conflict',
  PrivateIpAddressInUse: 'conflict',
  AddressLimitExceeded: 'capacity',
  PrivateIpAddressLimitExceeded: 'capacity',
  'InvalidInstanceID.Malformed': 'not-found',
  'InvalidInstanceID.NotFound': 'not-found',
  'InvalidNetworkInterfaceID.Malformed': 'not-found',
  'InvalidNetworkInterfaceID.NotFound': 'not-found',
  'InvalidNetworkInterfaceId.Malformed': 'not-found',
  'InvalidSubnetID.NotFound': 'not-found',
  'InvalidVpcID.NotFound': 'not-found',
  AccessDenied: 'unauthorized',
  AccessDeniedException: 'unauthorized',
  AuthFailure: 'unauthorized',
  Blocked: 'unauthorized',
  CredentialsProviderError: 'unauthorized',
  ExpiredToken: 'unauthorized',
  ExpiredTokenException: 'unauthorized',
  IDPCommunicationError: 'transient',
  IncompleteSignature: 'unauthorized',
  InvalidClientTokenId: 'unauthorized',
  InvalidIdentityToken: 'unauthorized',
  MissingAuthenticationToken: 'unauthorized',
  OptInRequired: 'unauthorized',
  PendingVerification: 'unauthorized',
  RequestExpired: 'unauthorized',
  SignatureDoesNotMatch: 'unauthorized',
  TokenProviderError: 'unauthorized',
  UnauthorizedOperation: 'unauthorized',
  UnrecognizedClientException: 'unauthorized',
  IncorrectInstanceState: 'transient',
  IncorrectState: 'transient',
  InternalError: 'transient',
  InternalFailure: 'transient',
  RequestTimeout: 'transient',
  ServiceUnavailable: 'transient',
  Unavailable: 'transient',
  // What the operating system says when a request never left.
  EAI_AGAIN: 'transient',
  ECONNREFUSED: 'transient',
  EHOSTUNREACH: 'transient',
  ENETUNREACH: 'transient',
  ENOTFOUND: 'transient',
};

/**
 * How EC2 words, under InvalidParameterValue, that someone else has an address; the last is its answer for someone's
 * primary address.
 */
const takenPattern =
  /already (?:assigned|in use|allocated|associated)|\bin use\b|move is not allowed|reassign|secondary-addresses/i;
/** How EC2 words, under InvalidParameterValue, that an interface does not carry an address. */
const notAssignedPattern = /not (?:currently )?(?:assigned|associated)/i;

/** After throttling, and where EC2 gives no time, come back no sooner. */
const retryAfterThrottling = 5_000;

/** The error's code as EC2, the SDK or the operating system gives it. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UnknownError';
  const { Code, code, name } = error as { readonly Code?: unknown; readonly code?: unknown; readonly name?: unknown };
  return (
    [Code, code, name].find(
      (entry): entry is string => typeof entry === 'string' && entry !== '' && entry !== 'Error',
    ) ?? 'UnknownError'
  );
}

/**
 * Tells what an SDK's error means. Texts of refused credentials, and all of services
 * that give them, are left out: they may quote the signed request, or a token.
 *
 * @param operation with what it was about, such as `AssignPrivateIpAddresses of 10.0.0.5 on eni-0a1b`
 * @param mutating whether a lost answer leaves it open what happened
 */
export function describeEc2Error(error: unknown, operation: string, mutating: boolean): ProviderErrorDescription {
  if (ProviderError.isInstance(error)) return error.description;
  const code = errorCode(error);
  const errorClass = classify(error, code, mutating);
  if (errorClass === 'unauthorized') {
    return {
      class: errorClass,
      code,
      message: `${operation} is not allowed (${code}); check the credentials and that they permit ec2:${operation.split(' ')[0]}`,
    };
  }
  const text = isOfAnotherService(error)
    ? 'the service that gives credentials has trouble'
    : error instanceof Error
      ? error.message.slice(0, 500)
      : 'no message';
  const base = { class: errorClass, code, message: `${operation} failed with ${code}: ${text}` };
  return errorClass === 'throttled' ? { ...base, retryAfterMilliseconds: retryAfterThrottling } : base;
}

/** Whether an unassignment was refused because the addresses are not there. */
export function isNotAssigned({ message }: ProviderErrorDescription): boolean {
  return notAssignedPattern.test(message);
}

function classify(error: unknown, code: string, mutating: boolean): ProviderErrorClass {
  const known = Object.hasOwn(classesByCode, code) ? classesByCode[code] : undefined;
  if (known !== undefined) return known;
  const status = statusOf(error);
  if (status === 429) return 'throttled';
  if (status === undefined) return mutating ? 'unknown' : 'transient';
  if (status >= 500) return 'transient';
  // A success that cannot be read: the answer was cut off.
  if (status < 400) return mutating ? 'unknown' : 'transient';
  // Only what gives credentials is asked beside EC2.
  if (isOfAnotherService(error)) return 'unauthorized';
  return code.startsWith('Invalid') && error instanceof Error && takenPattern.test(error.message)
    ? 'conflict'
    : 'permanent';
}

/** Whether a service other than EC2 answered so. */
function isOfAnotherService(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '$fault' in error && !(error instanceof EC2ServiceException);
}

/** The HTTP status of EC2's answer; undefined when none came. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { $metadata, $response } = error as {
    readonly $metadata?: { readonly httpStatusCode?: unknown };
    readonly $response?: { readonly statusCode?: unknown };
  };
  return [$metadata?.httpStatusCode, $response?.statusCode].find(
    (status): status is number => typeof status === 'number',
  );
}

import type { JsonRecord } from './api-object.ts';
import type { FieldError } from './schema/field-error.ts';
import { describeFieldErrors } from './schema/field-error.ts';

/** The names an error needs of a resource. */
export interface ResourceNames {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** The `Status` object Kubernetes answers a failed request with. */
export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: JsonRecord;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: JsonRecord;
  readonly code?: number;
}

/** A refusal: thrown anywhere in the handling of a request, answered as a Kubernetes `Status`. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: JsonRecord | undefined;

  constructor(code: number, reason: string | undefined, message: string, details?: JsonRecord) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The body of the answer. */
  toStatus(): StatusBody {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

const qualified = (name: string, group: string): string => (group ? `${name}.${group}` : name);

const details = (group: string, kind: string, name: string): JsonRecord => ({
  ...(name && { name }),
  ...(group && { group }),
  kind,
});

/** 400: the request cannot be read. */
export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

/** 404 for an object that does not exist. */
export const notFound = (resource: ResourceNames, name: string): StatusError =>
  new StatusError(
    404,
    'NotFound',
    `${qualified(resource.plural, resource.group)} "${name}" not found`,
    details(resource.group, resource.plural, name),
  );

/** 404 for a path that this server does not serve; the message says which. */
export const notServed = (what: string): StatusError =>
  new StatusError(404, 'NotFound', `the server could not find the requested resource (${what})`, {});

/** 405 for a verb that Kubernetes does not have on that path. */
export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** 501 for something that Kubernetes does and this server leaves out. */
export const notImplemented = (what: string): StatusError =>
  new StatusError(501, 'NotImplemented', `the sandbox API server does not implement ${what}`);

/** 409 for a name that is taken. */
export const alreadyExists = (resource: ResourceNames, name: string): StatusError =>
  new StatusError(
    409,
    'AlreadyExists',
    `${qualified(resource.plural, resource.group)} "${name}" already exists`,
    details(resource.group, resource.plural, name),
  );

/** 409 for a write that names a resourceVersion which is not the current one. */
export const conflict = (resource: ResourceNames, name: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource.plural, resource.group)} "${name}": ` +
      'the object has been modified; please apply your changes to the latest version and try again',
    details(resource.group, resource.plural, name),
  );

/** 409 for a delete whose precondition does not hold. */
export const preconditionFailed = (resource: ResourceNames, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource.kind, resource.group)} "${name}": ${why}`,
    details(resource.group, resource.kind, name),
  );

/**
 * 422 with one cause per field error. `kind` is what Kubernetes names there: the kind, or for some checks the plural.
 */
export function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): StatusError {
  return new StatusError(
    422,
    'Invalid',
    `${qualified(kind, group)} "${name}" is invalid: ${describeFieldErrors(errors)}`,
    {
      ...details(group, kind, name),
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  );
}

/** 403 from the authoriser or an admission rule. */
export const forbidden = (resource: Pick<ResourceNames, 'group' | 'plural'>, name: string, why: string): StatusError =>
  new StatusError(
    403,
    'Forbidden',
    `${qualified(resource.plural, resource.group)}${name && ` "${name}"`} is forbidden: ${why}`,
    details(resource.group, resource.plural, name),
  );

/** 403 for new content in a namespace that is going away. */
export const namespaceTerminating = (resource: ResourceNames, name: string, namespace: string): StatusError =>
  new StatusError(
    403,
    'Forbidden',
    `${qualified(resource.plural, resource.group)} "${name}" is forbidden: ` +
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      ...details(resource.group, resource.plural, name),
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  );

/** 410 for a resourceVersion or continue token that history no longer reaches. */
export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message);

/** 415 for a body whose media type is not accepted here. */
export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

/** 422 for a JSON patch that does not apply. Kubernetes does not tell the client why; the error's `cause` does. */
export const patchRejected = (why: string): StatusError =>
  Object.assign(new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}), {
    cause: why,
  });

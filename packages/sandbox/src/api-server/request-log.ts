import type { User } from './access/user.ts';
import type { RequestInfo } from './request-info.ts';

/** One request the server has answered, or begun to answer when it is a watch. */
export interface LoggedRequest {
  /** The RBAC verb; of a request for no resource, the HTTP method in lower case. */
  readonly verb: string;
  /** Empty for a request for no resource. */
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Of a create that succeeded, the name the object got. */
  readonly name: string;
  readonly user: string;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The media type of the request's body, as `application/merge-patch+json`; empty without a body. */
  readonly contentType: string;
  /** Path and query. */
  readonly path: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** The latest requests, oldest first. */
export interface RequestLog {
  entries(): readonly LoggedRequest[];
  /** Those that asked for a change, successful or not. */
  writes(): readonly LoggedRequest[];
  clear(): void;
}

const writingVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** A log that keeps the latest `limit` requests. */
export function createRequestLog(limit: number): RequestLog & { record(request: LoggedRequest): void } {
  let log: LoggedRequest[] = [];
  return {
    entries: () => log.slice(-limit),
    writes: () => log.slice(-limit).filter(({ verb, resource }) => resource !== '' && writingVerbs.has(verb)),
    clear: () => {
      log = [];
    },
    record(request) {
      log.push(request);
      if (log.length > limit * 2) log = log.slice(-limit);
    },
  };
}

/** A request as the log keeps it. */
export function toLoggedRequest(
  info: RequestInfo,
  user: User | undefined,
  answer: Pick<LoggedRequest, 'status' | 'contentType' | 'path' | 'time' | 'name'>,
): LoggedRequest {
  const target = info.isResource ? info : { group: '', resource: '', subresource: '', namespace: '', name: '' };
  const { group, resource, subresource, namespace, name } = target;
  return {
    verb: info.verb,
    group,
    resource,
    subresource,
    namespace,
    user: user?.user ?? '',
    ...answer,
    name: name || answer.name,
  };
}

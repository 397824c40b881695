import { readFile } from 'node:fs/promises';

/** One answered request, from the API server's audit log. Fields that do not apply are empty strings. */
export interface AuditEvent {
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly requestUri: string;
  /** `ResponseStarted` for a watch on its way, `ResponseComplete` for all that is over. */
  readonly stage: string;
  /** HTTP status; 0 when the log has none. */
  readonly code: number;
  /** RFC 3339, microseconds. */
  readonly requestReceivedTimestamp: string;
}

/** Metadata of every request but the API server's own, when it is answered. */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: ['system:apiserver', 'system:anonymous']
  - level: Metadata
`;

interface RawAuditEvent {
  readonly user?: { readonly username?: string };
  readonly verb?: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly requestURI?: string;
  readonly stage?: string;
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp?: string;
}

/** Reads an audit log of JSON lines; a last line that is still being written is left out. */
export async function readAuditLog(file: string): Promise<AuditEvent[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.slice(0, -1).map((line) => toAuditEvent(JSON.parse(line) as RawAuditEvent));
}

function toAuditEvent({
  user,
  verb = '',
  objectRef = {},
  requestURI = '',
  stage = '',
  responseStatus,
  requestReceivedTimestamp = '',
}: RawAuditEvent): AuditEvent {
  const { apiGroup: group = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef;
  return {
    user: user?.username ?? '',
    verb,
    group,
    resource,
    subresource,
    namespace,
    name,
    stage,
    requestReceivedTimestamp,
    requestUri: requestURI,
    code: responseStatus?.code ?? 0,
  };
}

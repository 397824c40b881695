import type { JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { TestAnswer } from './http-exchange.ts';

/** An answer without what no two servers have in common: uids, revisions, times, names made up. */
export function normaliseAnswer({ code, text }: TestAnswer): unknown {
  const documents = text.trim().split('\n').map(parseOr);
  return { code, documents: documents.map(normaliseDocument) };
}

function parseOr(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

function normaliseDocument(document: unknown): unknown {
  if (!isRecord(document)) return 'text';
  if (document['kind'] === 'Status') return normaliseStatus(document);
  if (isRecord(document['object'])) return { type: document['type'], object: normaliseDocument(document['object']) };
  const items = document['items'];
  const whole = normaliseObject(document);
  return Array.isArray(items) ? { ...whole, items: items.filter(isRecord).map(normaliseObject) } : whole;
}

/** Messages are compared as the set of their sentences: Kubernetes orders them by chance. */
function normaliseStatus({ status, reason, code, message, details }: JsonRecord): unknown {
  const { name, group, kind, causes } = isRecord(details) ? details : {};
  const listed = Array.isArray(causes) ? causes.filter(isRecord) : [];
  const sentences = listed.map((cause) => [cause['reason'], cause['field'], cause['message']].map(String).join(' '));
  const sorted = [...new Set(sentences)].sort();
  const exact = ['AlreadyExists', 'Conflict', 'NotFound'].includes(String(reason)) && kind !== undefined;
  return {
    status,
    reason,
    code,
    name,
    group,
    kind,
    causes: sorted,
    ...(exact && { message: withoutUids(String(message)) }),
  };
}

const withoutUids = (text: string): string =>
  text
    .replace(/StorageError: .* AdditionalErrorMsg: /, '')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID')
    .replaceAll(/in record \(\d+\)/g, 'in record (REVISION)');

function normaliseObject(object: JsonRecord): JsonRecord {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const marks: JsonRecord = {};
  for (const key of ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'continue']) {
    if (metadata[key]) marks[key] = 'set';
  }
  const { managedFields, continue: _continue, ...rest } = metadata;
  const managers = (Array.isArray(managedFields) ? managedFields : [])
    .filter(isRecord)
    .map(({ manager, operation, subresource, apiVersion }) => ({ manager, operation, subresource, apiVersion }));
  const isBookmark = metadata['uid'] === undefined;
  // A bookmark of a built-in kind carries empty parts, which nobody reads.
  const content = isBookmark && !Array.isArray(object['items']) ? { kind: object['kind'] } : object;
  const owners = managers.map((entry) => JSON.stringify(entry)).sort();
  return { ...content, metadata: { ...rest, ...marks, ...(owners.length > 0 && { owners }) } };
}

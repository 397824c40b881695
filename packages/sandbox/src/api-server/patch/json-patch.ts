import { cloneJson, equalJson, isRecord } from '../api-object.ts';
import { badRequest, patchRejected } from '../status-errors.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: unknown;
  readonly value?: unknown;
}

/**
 * RFC 6902 in the dialect of evanphx/json-patch, which Kubernetes uses: `replace` of a missing field sets it, a `test`
 * for null holds on a missing one. The target is left as it was.
 *
 * @throws StatusError 400 when the patch is no list of operations, 422 when one does not apply
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  const document = { root: cloneJson(target) };
  for (const operation of parseOperations(patch)) applyOperation(document, operation);
  return document.root;
}

function parseOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations');
  return patch.map((operation: unknown) => {
    if (!isRecord(operation) || typeof operation['op'] !== 'string' || typeof operation['path'] !== 'string') {
      throw patchRejected('each operation of a JSON patch needs "op" and "path"');
    }
    return { ...operation, op: operation['op'], path: operation['path'] };
  });
}

function applyOperation(document: { root: unknown }, { op, path, from, value }: Operation): void {
  switch (op) {
    case 'add':
    case 'replace':
      return put(document, path, cloneJson(value), op);
    case 'remove':
      take(document, path);
      return;
    case 'test':
      if (!equalJson(get(document, path) ?? null, value ?? null)) throw patchRejected(`testing value ${path} failed`);
      return;
    case 'move':
      return put(document, path, take(document, String(from)), 'add');
    case 'copy':
      return put(document, path, cloneJson(get(document, String(from))), 'add');
    default:
      throw patchRejected(`unexpected kind of operation: ${op}`);
  }
}

function parsePointer(pointer: string): string[] {
  if (pointer !== '' && !pointer.startsWith('/')) throw patchRejected(`path ${pointer} does not start with "/"`);
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The container that a pointer's last part is a key of. */
function locate(document: { root: unknown }, pointer: string): { container: unknown; key: string } {
  const parts = parsePointer(pointer);
  const key = parts.pop();
  // The document itself is the field `root`, so that no operation needs a special case for it.
  if (key === undefined) return { container: document, key: 'root' };
  let container: unknown = document.root;
  for (const part of parts) {
    container = Array.isArray(container)
      ? container[indexOf(container, part)]
      : isRecord(container)
        ? container[part]
        : undefined;
  }
  if (!Array.isArray(container) && !isRecord(container)) throw patchRejected(`path ${pointer} does not exist`);
  return { container, key };
}

function indexOf(list: readonly unknown[], part: string, end = list.length - 1): number {
  const index = /^-?\d+$/.test(part) ? Number(part) : Number.NaN;
  const absolute = index < 0 ? index + list.length : index;
  if (!(absolute >= 0 && absolute <= end)) throw patchRejected(`index ${part} is not in the list`);
  return absolute;
}

function get(document: { root: unknown }, pointer: string): unknown {
  const { container, key } = locate(document, pointer);
  if (Array.isArray(container)) return container[indexOf(container, key)];
  return isRecord(container) ? container[key] : undefined;
}

function put(document: { root: unknown }, pointer: string, value: unknown, op: 'add' | 'replace'): void {
  const { container, key } = locate(document, pointer);
  if (isRecord(container)) container[key] = value;
  else if (Array.isArray(container)) {
    if (op === 'replace') container[indexOf(container, key)] = value;
    else container.splice(key === '-' ? container.length : indexOf(container, key, container.length), 0, value);
  }
}

function take(document: { root: unknown }, pointer: string): unknown {
  const { container, key } = locate(document, pointer);
  if (Array.isArray(container)) return container.splice(indexOf(container, key), 1)[0];
  if (!isRecord(container) || !Object.hasOwn(container, key)) throw patchRejected(`path ${pointer} does not exist`);
  const value = container[key];
  delete container[key];
  return value;
}

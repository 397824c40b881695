import type { FieldSet } from '../api-object.ts';

/** The set without members. */
export const emptyFieldSet: FieldSet = {};

const isMember = (node: FieldSet | undefined): boolean =>
  node !== undefined && ('.' in node || Object.keys(node).length === 0);

function combine(
  a: FieldSet | undefined,
  b: FieldSet | undefined,
  keeps: (inA: boolean, inB: boolean) => boolean,
  isRoot = false,
): FieldSet | undefined {
  const result: Record<string, FieldSet> = {};
  for (const member of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) {
    if (member === '.') continue;
    const child = combine(a?.[member], b?.[member], keeps);
    if (child) result[member] = child;
  }
  const hasChildren = Object.keys(result).length > 0;
  const keepsSelf = !isRoot && keeps(isMember(a), isMember(b));
  if (keepsSelf && hasChildren) result['.'] = emptyFieldSet;
  return keepsSelf || hasChildren ? result : undefined;
}

/** The paths in either set. */
export const unionOf = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x || y, true) ?? emptyFieldSet;

/** The paths in both sets. */
export const intersectionOf = (a: FieldSet, b: FieldSet): FieldSet =>
  combine(a, b, (x, y) => x && y, true) ?? emptyFieldSet;

/** The paths of the first set that are not in the second. */
export const differenceOf = (a: FieldSet, b: FieldSet): FieldSet =>
  combine(a, b, (x, y) => x && !y, true) ?? emptyFieldSet;

/** Whether a set has no paths. */
export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** The paths of a set as Kubernetes prints them in a conflict: `.spec.list[name="a"].value`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  return Object.entries(set).flatMap(([member, node]) => {
    if (member === '.') return [prefix];
    const path = prefix + printMember(member);
    return Object.keys(node).length === 0 ? [path] : pathsOf(node, path);
  });
}

function printMember(member: string): string {
  const text = member.slice(2);
  if (member.startsWith('f:')) return `.${text}`;
  if (member.startsWith('v:')) return `[=${text}]`;
  const keys: unknown = JSON.parse(text);
  return `[${Object.entries(keys ?? {})
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

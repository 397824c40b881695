import { isMap, isScalar, isSeq, type Node } from 'yaml';

/**
 * The deepest node on the way to a field such as `spec.cidrAssignments[0].CIDR`. Keys may hold dots themselves
 * (`metadata.labels.topology.kubernetes.io/zone`), so that each map is asked which of its keys fits.
 */
export function locate(node: Node, field: string): Node {
  if (field === '') return node;
  if (isSeq(node)) {
    const [whole, index] = /^\[(\d+)\]\.?/.exec(field) ?? [];
    const item = whole === undefined ? undefined : node.items[Number(index)];
    return whole === undefined || !isNode(item) ? node : locate(item, field.slice(whole.length));
  }
  if (!isMap(node)) return node;
  for (const { key, value } of node.items) {
    if (!isScalar(key) || !field.startsWith(String(key.value))) continue;
    const rest = field.slice(String(key.value).length);
    if (rest === '') return key;
    if (rest.startsWith('.') || rest.startsWith('['))
      return isNode(value) ? locate(value, rest.replace(/^\./, '')) : key;
  }
  return node;
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}

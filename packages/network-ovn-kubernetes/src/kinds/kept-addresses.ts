import { mostAssignments } from '@egressip-ipam/core';
import { rangesAround, type ObjectReader, type RangeText } from '@egressip-ipam/core/plugin';

/** Ours has an address of each CIDR assignment; whoever may write an EgressIP may write sixty thousand. */
export const mostAddresses = mostAssignments;
/** More than such an address, or the name of a node, ever has. */
const longestText = 253;

/** The addresses of a list that are kept one by one: a text that is too long for one stays as a sign. */
export function keptAddresses(texts: readonly string[]): readonly string[] {
  return texts.slice(0, mostAddresses).map((text) => (text.length > longestText ? '…' : text));
}

/** The addresses of a list that are not, as few ranges, and said. */
export function otherAddresses(reader: ObjectReader, field: string, texts: readonly string[]): readonly RangeText[] {
  const others = texts.slice(mostAddresses);
  if (others.length === 0) return [];
  const message = `it has ${texts.length} addresses, of which ${mostAddresses} are kept; the others, and what lies between them, count as in use`;
  reader.problem(field, message);
  return rangesAround(others);
}

/** Whether a text may be the name of a node. */
export function isNodeName(text: string): boolean {
  return text !== '' && text.length <= longestText;
}

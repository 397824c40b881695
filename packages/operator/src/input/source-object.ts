import { isMap, isSeq, type Node } from 'yaml';
import type { InputProblem } from './input-problem.ts';

/** A Kubernetes object, or another document, and where it stands. */
export interface SourceObject {
  readonly file: string;
  /** 1-based. Found when asked for: ask only for what is reported. */
  readonly line: number;
  readonly object: unknown;
  /** The line of a field such as `spec.cidrAssignments[0].CIDR`, or of what is nearest to it. */
  readonly lineOf: (field: string) => number;
}

/** What was found in an input. */
export interface ReadDocuments {
  readonly objects: readonly SourceObject[];
  readonly problems: readonly InputProblem[];
}

/** What was found in one text. */
export interface ReadText extends ReadDocuments {
  /** Whether there is any document in it, a List without items for one. */
  readonly isAny: boolean;
  /** Whether it ends where it cannot have been meant to. */
  readonly isCutOff: boolean;
}

/** The nodes of a List, of an array, or of the one object: in the order of its values. */
export function itemNodesOf(contents: Node): readonly Node[] {
  if (isSeq(contents)) return contents.items as Node[];
  if (!isMap(contents) || !String(contents.get('kind')).endsWith('List')) return [contents];
  const items = contents.get('items');
  return isSeq(items) ? (items.items as Node[]) : [];
}

import { ObjectReader } from './object-reader.ts';
import type { LabelSelector, LabelSelectorRequirement } from './snapshot.ts';

/** No operator of Kubernetes: a selector with it does not compile, so that it selects nothing. */
const notUnderstood: LabelSelectorRequirement = { key: '', operator: 'unreadable' };

/**
 * Reads the label selector at a path; undefined where there is none. What is wrong
 * in any part makes the whole selector select nothing: with that part left out it
 * would select more than its author meant.
 */
export function readSelector(reader: ObjectReader, ...path: readonly string[]): LabelSelector | undefined {
  if (!reader.has(...path)) return undefined;
  const problemsBefore = reader.problemCount;
  reader.record(...path);
  const matchLabels = reader.map(...path, 'matchLabels');
  const matchExpressions = reader
    .list(...path, 'matchExpressions')
    .map((entry, index) => readRequirement(reader, entry, `${path.join('.')}.matchExpressions[${index}]`));
  if (reader.problemCount > problemsBefore) return { matchExpressions: [notUnderstood] };
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}

function readRequirement(reader: ObjectReader, entry: unknown, field: string): LabelSelectorRequirement {
  const nested = new ObjectReader({ metadata: { name: '?' }, entry }, 'EgressIPAM');
  const key = nested.word('entry', 'key');
  const operator = nested.word('entry', 'operator');
  const values = nested.texts('entry', 'values');
  for (const problem of nested.problems)
    reader.problem(`${field}${(problem.field ?? '').replace('entry', '')}`, problem.message);
  if (key !== undefined && operator !== undefined) return { key, operator, ...(values.length > 0 ? { values } : {}) };
  reader.problem(field, 'key and operator are required; until both are there, the selector selects nothing');
  return notUnderstood;
}

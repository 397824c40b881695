import { ObjectReader } from './object-reader.ts';
import type { LabelSelector } from './snapshot.ts';

/** Reads the label selector at a path; undefined where there is none. */
export function readSelector(reader: ObjectReader, ...path: readonly string[]): LabelSelector | undefined {
  const matchLabels = reader.map(...path, 'matchLabels');
  const matchExpressions = reader.list(...path, 'matchExpressions').flatMap((entry, index) => {
    const requirement = new ObjectReader({ metadata: { name: reader.name }, requirement: entry }, 'EgressIPAM');
    const key = requirement.text('requirement', 'key');
    const operator = requirement.text('requirement', 'operator');
    const field = `${path.join('.')}.matchExpressions[${index}]`;
    if (key === undefined || operator === undefined) {
      reader.problem(field, 'key and operator are missing; a selector that is not understood selects nothing');
      return [{ key: '', operator: 'missing' }];
    }
    const values = requirement.texts('requirement', 'values');
    return [{ key, operator, ...(values.length > 0 ? { values } : {}) }];
  });
  if (!reader.has(...path)) return undefined;
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}

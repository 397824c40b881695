import type { ObjectReader } from './object-reader.ts';
import { readSelector } from './read-selector.ts';
import type { LabelSelector, LabelSelectorRequirement } from './snapshot.ts';

/** Characters of JSON: hundreds of names. Whoever may write such an object may write a megabyte. */
const longestSelector = 16_384;
/** Kubernetes has no longer values of labels. */
const longestValue = 63;
/** Stands for a text that is too long for a label: no label has this one either. */
const ofNoLabel = '…';

/**
 * Reads the selector of an object that others may have made, and keeps no more of it than hundreds of names. What is
 * left out of it is said; it then selects more than it does, so that who asks whether something may be selected is
 * never told a wrong no.
 */
export function readRivalSelector(reader: ObjectReader, ...path: readonly string[]): LabelSelector | undefined {
  const selector = readSelector(reader, ...path);
  if (selector === undefined) return undefined;
  const labels = Object.entries(selector.matchLabels ?? {}).map(shortLabel);
  const expressions = (selector.matchExpressions ?? []).map(shortExpression);
  let room = longestSelector;
  const fits = (part: unknown): boolean => {
    const { length } = JSON.stringify(part);
    if (length > room) return false;
    room -= length;
    return true;
  };
  const matchLabels = labels.filter(fits);
  const matchExpressions = expressions.filter(fits);
  const left = labels.length + expressions.length - matchLabels.length - matchExpressions.length;
  if (left > 0) {
    const message = `it is longer than the ${longestSelector} characters that are read of a selector: ${left} of its requirements are left out, and it is taken to select whatever fulfils the others`;
    reader.problem(path.join('.'), message);
  }
  return {
    ...(matchLabels.length === 0 ? {} : { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}

function shortLabel([key, value]: readonly [string, string]): readonly [string, string] {
  return [key, shortValue(value)];
}

function shortExpression({ key, operator, values }: LabelSelectorRequirement): LabelSelectorRequirement {
  return { key, operator, ...(values === undefined ? {} : { values: values.map(shortValue) }) };
}

function shortValue(value: string): string {
  return value.length > longestValue ? ofNoLabel : value;
}

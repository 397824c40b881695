import { quoted } from '../finding/quoted.ts';
import type { LabelSelector, LabelSelectorRequirement } from './snapshot.ts';

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** A selector ready to use, or why it cannot be used. */
export type CompiledSelector =
  | { readonly ok: true; readonly matches: (labels: Labels) => boolean }
  | { readonly ok: false; readonly problem: string };

/**
 * Compiles a label selector by the rules of `metav1.LabelSelector`: requirements
 * are ANDed, an empty selector selects everything, `NotIn` selects what lacks the key.
 */
export function compileSelector(selector: LabelSelector): CompiledSelector {
  const tests: ((labels: Labels) => boolean)[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    tests.push((labels) => Object.hasOwn(labels, key) && labels[key] === value);
  }
  for (const requirement of selector.matchExpressions ?? []) {
    const compiled = compileRequirement(requirement);
    if (typeof compiled === 'string') return { ok: false, problem: compiled };
    tests.push(compiled);
  }
  return { ok: true, matches: (labels) => tests.every((test) => test(labels)) };
}

function compileRequirement({
  key,
  operator,
  values = [],
}: LabelSelectorRequirement): ((labels: Labels) => boolean) | string {
  // Of thousands of selectors few are ever asked.
  let listed: ReadonlySet<string> | undefined;
  const has = (labels: Labels): boolean => Object.hasOwn(labels, key);
  const isListed = (labels: Labels): boolean => has(labels) && (listed ??= new Set(values)).has(labels[key] ?? '');
  switch (operator) {
    case 'In':
      return values.length === 0 ? `operator In for label ${quoted(key)} needs values` : isListed;
    case 'NotIn':
      return values.length === 0
        ? `operator NotIn for label ${quoted(key)} needs values`
        : (labels) => !isListed(labels);
    case 'Exists':
      return values.length > 0 ? `operator Exists for label ${quoted(key)} takes no values` : has;
    case 'DoesNotExist':
      return values.length > 0
        ? `operator DoesNotExist for label ${quoted(key)} takes no values`
        : (labels) => !has(labels);
    default:
      return `operator ${quoted(operator)} for label ${quoted(key)} is none of In, NotIn, Exists, DoesNotExist`;
  }
}

import { type LabelSelector } from '@egressip-ipam/core';
import { isRecord, ObjectReader, readRivalSelector } from '@egressip-ipam/core/plugin';
import { podNamespaceLabel } from './names.ts';

/** So many rules are kept as they are; a policy of ours has one. */
const mostRules = 16;
/** Characters of JSON that are kept of all rules: hundreds of names. */
const longestRules = 32_768;

/** One of `spec.selectors`. */
export interface PolicyRule {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly nodeSelector?: LabelSelector;
}

/** Which pods a policy is for. */
export interface ReadRules {
  readonly selectors: readonly PolicyRule[];
  /** Whether its rules are too long to be kept: the one above stands for them. */
  readonly mayBeForAny?: true;
}

/**
 * Reads which pods a policy is for. Of many rules that is kept which they ask of namespaces, each once; where that is
 * still more than anybody writes by hand it is said, and the policy counts as one for all pods: it may be for any.
 */
export function readRules(reader: ObjectReader): ReadRules {
  const entries = reader.list('spec', 'selectors');
  if (entries.length <= mostRules) {
    const rules = entries.map((entry) => readRule(reader, entry));
    return JSON.stringify(rules).length <= longestRules ? { selectors: rules } : anyPod(reader, entries.length);
  }
  const asked = new Map<string, PolicyRule>();
  let length = 0;
  for (const entry of entries) {
    const rule = readRule(reader, entry);
    if (!selectsAny(rule)) continue;
    const namespaceSelector = ofNamespaces(rule);
    const text = JSON.stringify(namespaceSelector);
    if (asked.has(text)) continue;
    length += text.length;
    if (length > longestRules) return anyPod(reader, entries.length);
    asked.set(text, { namespaceSelector });
  }
  return { selectors: [...asked.values()] };
}

function anyPod(reader: ObjectReader, count: number): ReadRules {
  const message = `its rules, ${count} of them, are longer than the ${longestRules} characters that are kept; it counts as a policy that may be for any pod. Make several policies of it`;
  reader.problem('spec.selectors', message);
  return { selectors: [{ namespaceSelector: {} }], mayBeForAny: true };
}

/** Whether a rule selects anything. */
export function selectsAny({ namespaceSelector, podSelector }: PolicyRule): boolean {
  return namespaceSelector !== undefined || podSelector !== undefined;
}

/**
 * What a rule asks of namespaces, also by the label that pods have for their own; what else it asks of pods may be so.
 */
export function ofNamespaces({ namespaceSelector = {}, podSelector = {} }: PolicyRule): LabelSelector {
  const { matchExpressions = [] } = namespaceSelector;
  const namespace = podSelector.matchLabels?.[podNamespaceLabel];
  const named = namespace === undefined ? [] : [{ key: podNamespaceLabel, operator: 'In', values: [namespace] }];
  const ofPods = podSelector.matchExpressions?.filter(({ key }) => key === podNamespaceLabel) ?? [];
  const more = [...named, ...ofPods];
  return more.length === 0
    ? namespaceSelector
    : { ...namespaceSelector, matchExpressions: [...matchExpressions, ...more] };
}

function readRule(reader: ObjectReader, rule: unknown): PolicyRule {
  return {
    ...selectorOf(reader, rule, 'namespaceSelector'),
    ...selectorOf(reader, rule, 'podSelector'),
    ...selectorOf(reader, rule, 'nodeSelector'),
  };
}

/** A selector in a list's entry, under its own name; what is wrong in it is the policy's problem. */
export function selectorOf(
  reader: ObjectReader,
  holder: unknown,
  field: string,
): Readonly<Record<string, LabelSelector>> {
  if (!isRecord(holder) || holder[field] === undefined || holder[field] === null) return {};
  const nested = new ObjectReader(
    { metadata: { name: reader.name }, [field]: holder[field] },
    'CiliumEgressGatewayPolicy',
  );
  const selector = readRivalSelector(nested, field);
  for (const { field: where = field, message } of nested.problems) reader.problem(`spec.${where}`, message);
  return selector === undefined ? {} : { [field]: selector };
}

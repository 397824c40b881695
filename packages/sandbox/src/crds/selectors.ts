import { atomicList, listOf, mapOf, object, oneOf, required, text } from './schema.ts';

const atomic = { 'x-kubernetes-map-type': 'atomic' };
const operators = oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist']);
const labelValue = { pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$' };

/** A label's or annotation's key, or a condition's type: a name, with a domain before it where there is one. */
export const qualifiedName =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?' +
  '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$';

/** A label selector as Kubernetes' own type declares it. */
export const labelSelector = object(
  {
    matchExpressions: atomicList(
      object({ key: text(), operator: text(), values: atomicList(text()) }, required('key', 'operator')),
    ),
    matchLabels: mapOf(text()),
  },
  atomic,
);

/** A label selector as Cilium declares it: operators and values of `matchLabels` are checked. */
export const ciliumLabelSelector = object(
  {
    matchExpressions: atomicList(
      object({ key: text(), operator: operators, values: atomicList(text()) }, required('key', 'operator')),
    ),
    matchLabels: mapOf(text({ maxLength: 63, ...labelValue })),
  },
  atomic,
);

/** A label selector as Antrea declares it: operators and all values are checked, nothing is required. */
export const antreaLabelSelector = object({
  matchExpressions: listOf(object({ key: text(), operator: operators, values: listOf(text(labelValue)) })),
  matchLabels: mapOf(text(labelValue)),
});

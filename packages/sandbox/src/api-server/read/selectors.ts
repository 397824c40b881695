import type { ApiObject } from '../api-object.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { badRequest } from '../status-errors.ts';

/** Whether an object is asked for. */
export type Selector = (object: ApiObject) => boolean;

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 *
 * @throws StatusError 400
 */
export function parseLabelSelector(text: string): Selector {
  // Commas inside parentheses belong to a value list.
  const tests = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map(parseRequirement);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

function parseRequirement(text: string): LabelTest {
  const key = '[A-Za-z0-9][-A-Za-z0-9_./]*';
  const set = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(text);
  if (set) {
    const [, name = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    return (labels) => values.has(labels[name] ?? '\0') === (operator === 'in');
  }
  const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`).exec(text);
  if (equality) {
    const [, name = '', operator, value] = equality;
    return (labels) => (labels[name] === value) === (operator !== '!=');
  }
  const existence = new RegExp(`^(!?)\\s*(${key})$`).exec(text);
  if (!existence) throw badRequest(`unable to parse requirement: ${text}`);
  const [, negation, name = ''] = existence;
  return (labels) => (labels[name] !== undefined) === (negation === '');
}

/**
 * Reads `metadata.name=a,status.phase!=b`.
 *
 * @throws StatusError 400, also for a field that the resource does not let be selected by
 */
export function parseFieldSelector(text: string, resource: ResourceDefinition): Selector {
  const tests = text
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      const [, field = '', operator, value = ''] = match;
      return { field, value, equals: operator !== '!=' };
    });
  const supported = new Set(Object.keys(selectableFields(resource, emptyObject)));
  for (const { field } of tests) if (!supported.has(field)) throw badRequest(`field label not supported: ${field}`);
  return (object) => {
    const fields = selectableFields(resource, object);
    return tests.every(({ field, value, equals }) => (fields[field] === value) === equals);
  };
}

const emptyObject: ApiObject = {
  apiVersion: '',
  kind: '',
  metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
};

const selectableFields = (resource: ResourceDefinition, object: ApiObject): Readonly<Record<string, string>> => ({
  'metadata.name': object.metadata.name,
  ...((resource.namespaced || !resource.custom) && { 'metadata.namespace': object.metadata.namespace ?? '' }),
  ...resource.selectableFields(object),
});

/** Both selectors of a request's query, and its namespace. */
export function parseSelectors(query: URLSearchParams, resource: ResourceDefinition, namespace: string): Selector {
  const byLabel = parseLabelSelector(query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(query.get('fieldSelector') ?? '', resource);
  const inNamespace: Selector =
    resource.namespaced && namespace ? ({ metadata }) => metadata.namespace === namespace : () => true;
  return (object) => inNamespace(object) && byLabel(object) && byField(object);
}

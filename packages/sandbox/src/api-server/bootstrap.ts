import { parseAllDocuments } from 'yaml';
import type { ApiContext } from './context.ts';
import { customResourceDefinitions, namespaces } from './resources/built-in-resources.ts';
import type { ResourceDefinition } from './resources/resource-definition.ts';
import { createObject } from './write/create.ts';

/** The namespaces every cluster has. */
const initialNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/**
 * Creates the initial namespaces and the given CustomResourceDefinitions, each an object or a text of YAML documents.
 *
 * @throws StatusError when a definition is refused
 */
export function bootstrap(context: ApiContext, definitions: readonly (string | object)[]): void {
  for (const name of initialNamespaces) create(context, namespaces, { metadata: { name } });
  for (const definition of definitions) {
    for (const document of documentsOf(definition))
      if (document !== null) create(context, customResourceDefinitions, document);
  }
}

const documentsOf = (definition: string | object): unknown[] =>
  typeof definition === 'string'
    ? parseAllDocuments(definition).map((document) => document.toJS() as unknown)
    : [definition];

function create(context: ApiContext, resource: ResourceDefinition, body: unknown): void {
  const none = (): void => undefined;
  const place = { namespace: '', name: '', subresource: '' } as const;
  createObject(context, { ...place, resource, body, fieldManager: 'sandbox', strict: false, admit: none, warn: none });
}

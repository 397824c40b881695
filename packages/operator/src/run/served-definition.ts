import { apiVersionOf, isForbidden, isNotFound, openApiDocument, type RestClient } from '@egressip-ipam/kube';
import { egressIPAMs } from '../network/resources.ts';
import type { Log } from './log.ts';
import { reasonOf } from './reason.ts';

/** The fields of an EgressIPAM that the operator reads or writes and that the original's definition does not have. */
export const neededFields: readonly string[] = [
  'spec.coolDown',
  'spec.namespaceSelector',
  'spec.cidrAssignments.drain',
  'status.observedGeneration',
  'status.served',
  'status.waiting',
  'status.cidrs',
  'status.waitingClaims',
  'status.released',
];

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly kind: string }[];
}

/** The needed fields that a schema of EgressIPAM does not have: the API server would drop them. */
export function missingFields(schema: Schema): readonly string[] {
  return neededFields.filter((field) => !hasField(schema, field.split('.')));
}

function hasField(schema: Schema | undefined, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  const own = schema?.items ?? schema;
  if (own?.['x-kubernetes-preserve-unknown-fields'] === true) return true;
  const field = own?.properties?.[name];
  return field !== undefined && hasField(field, rest);
}

/** Says what the served definition of EgressIPAM lacks, and how to update it. Never rejects: the operator serves without, too. */
export async function checkServedDefinition(rest: RestClient, log: Log): Promise<void> {
  try {
    const document = (await openApiDocument(rest, apiVersionOf(egressIPAMs))) as
      undefined | { readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> } };
    const schema = Object.values(document?.components?.schemas ?? {}).find((entry) =>
      entry['x-kubernetes-group-version-kind']?.some(({ kind }) => kind === egressIPAMs.kind),
    );
    const missing = schema === undefined ? [] : missingFields(schema);
    if (missing.length > 0)
      log.warn('the definition of EgressIPAM that is served is an older one: these fields are dropped', {
        missing,
        update: 'kubectl apply --server-side --force-conflicts -f egressipams.yaml, of this version (docs/operate.md)',
      });
  } catch (error) {
    // Not every API server publishes schemas, nor may everybody read them.
    if (!isNotFound(error) && !isForbidden(error))
      log.debug('the definition of EgressIPAM cannot be looked at', { reason: reasonOf(error) });
  }
}

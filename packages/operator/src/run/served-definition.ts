import { apiVersionOf, isForbidden, isNotFound, openApiDocument, type RestClient } from '@egressip-ipam/kube';
import { egressIPAMs } from '../network/resources.ts';
import type { Log } from '../log/log.ts';
import { reasonOf } from '../output/reason-of.ts';

/**
 * The fields of an EgressIPAM that the original's definition does not have, and earlier ones of ours may not have: just
 * those of the definition in `deploy`, as a test says.
 */
export const neededFields: readonly string[] = [
  'spec.namespaceSelector.matchLabels',
  'spec.namespaceSelector.matchExpressions.key',
  'spec.namespaceSelector.matchExpressions.operator',
  'spec.namespaceSelector.matchExpressions.values',
  'spec.coolDown',
  'spec.podsPerNamespace',
  'spec.destinationCIDRs',
  'spec.excludedCIDRs',
  'spec.maxClaims.teamLabel',
  'spec.maxClaims.perTeam',
  'spec.maxClaims.teams.name',
  'spec.maxClaims.teams.maxClaims',
  'spec.cidrAssignments.drain',
  'status.observedGeneration',
  'status.summary.served',
  'status.summary.carried',
  'status.summary.free',
  'status.claims',
  'status.served',
  'status.carried',
  'status.waiting',
  'status.refused',
  'status.cidrs.cidr',
  'status.cidrs.labelValue',
  'status.cidrs.total',
  'status.cidrs.reserved',
  'status.cidrs.allocated',
  'status.cidrs.free',
  'status.cidrs.placed',
  'status.cidrs.carried',
  'status.cidrs.capacity',
  'status.cidrs.nodes',
  'status.waitingClaims.namespace',
  'status.waitingClaims.reason',
  'status.waitingClaims.message',
  'status.refusedAddresses.address',
  'status.refusedAddresses.reason',
  'status.refusedAddresses.since',
  'status.released.namespace',
  'status.released.addresses',
  'status.released.releasedAt',
  'status.released.team',
];

/** As much of a schema as is looked at. */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly kind: string }[];
}

/**
 * What a schema of EgressIPAM does not have, and the API server would drop: the topmost fields, each for all below it.
 */
export function missingFields(schema: Schema): readonly string[] {
  return [...new Set(neededFields.flatMap((field) => firstMissing(schema, field.split('.')) ?? []))];
}

function firstMissing(schema: Schema, path: readonly string[]): string | undefined {
  let at = schema;
  for (const [index, name] of path.entries()) {
    const own = at.items ?? at;
    if (own['x-kubernetes-preserve-unknown-fields'] === true) return undefined;
    const field = own.properties?.[name];
    if (field === undefined) return path.slice(0, index + 1).join('.');
    at = field;
  }
  return undefined;
}

/** As many entries of `status.released` as a schema of EgressIPAM takes, where it says. */
export function mostReleases(schema: Schema): number | undefined {
  return schema.properties?.['status']?.properties?.['released']?.maxItems;
}

/** This version's. */
const ownMostReleases = 10_000;
const update = 'kubectl apply --server-side --force-conflicts -f egressipams.yaml, of this version (docs/operate.md)';

/**
 * Says what the served definition of EgressIPAM lacks, and how to update it. Never rejects: the operator serves
 * without, too.
 *
 * @returns as many entries of `status.released` as it takes, where it says
 */
export async function checkServedDefinition(rest: RestClient, log: Log): Promise<number | undefined> {
  try {
    const document = (await openApiDocument(rest, apiVersionOf(egressIPAMs))) as
      undefined | { readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> } };
    const schema = Object.values(document?.components?.schemas ?? {}).find((entry) =>
      entry['x-kubernetes-group-version-kind']?.some(({ kind }) => kind === egressIPAMs.kind),
    );
    if (schema === undefined) return undefined;
    const missing = missingFields(schema);
    const releases = mostReleases(schema);
    if (missing.length > 0)
      log.warn('the definition of EgressIPAM that is served is an older one: these fields are dropped', {
        missing,
        update,
      });
    if (releases !== undefined && releases < ownMostReleases)
      log.warn('the definition of EgressIPAM that is served is an older one: it has room for fewer releases', {
        releases,
        update: `${update}; then restart the operator`,
      });
    return releases;
  } catch (error) {
    // Not every API server publishes schemas, nor may everybody read them.
    if (!isNotFound(error) && !isForbidden(error))
      log.debug('the definition of EgressIPAM cannot be looked at', { reason: reasonOf(error) });
    return undefined;
  }
}

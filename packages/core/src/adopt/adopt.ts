import { parseAddress, type Address } from '../address/address.ts';
import { contains } from '../allocate/claim.ts';
import { selectedNamespace } from '../allocate/world.ts';
import type { Finding } from '../finding/finding.ts';
import { parseEgressIP, type ParsedEgressIP } from '../parse/parse-network-objects.ts';
import { parseEgressIPAM, type ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/** Annotations for a namespace that make an EgressIP that is there already this project's. */
export interface Adoption {
  readonly namespace: string;
  /** The EgressIP whose addresses the namespace gets; it stays as it is, and becomes owned. */
  readonly egressIP: string;
  readonly egressIPAM: string;
  /** In the order of the EgressIPAM's CIDR assignments. */
  readonly addresses: readonly string[];
}

/** What can be adopted, and why the rest cannot. */
export interface AdoptionPlan {
  readonly adoptions: readonly Adoption[];
  readonly problems: readonly Finding[];
}

/** How to choose. */
export interface AdoptionOptions {
  /** Adopt for this EgressIPAM alone. */
  readonly egressIPAM?: string;
}

/** Finds the EgressIPs of OVN-Kubernetes that can become this project's without an interruption. Changes nothing. */
export function planAdoption(snapshot: ClusterSnapshot, options: AdoptionOptions = {}): AdoptionPlan {
  const pools = snapshot.egressIPAMs.map(parseEgressIPAM).filter(({ name, deleting }) => !deleting && (options.egressIPAM ?? name) === name);
  const adoptions: Adoption[] = [];
  const problems: Finding[] = [];
  const taken = new Set<string>();
  for (const source of snapshot.egressIPs) {
    if (source.ours || source.deletedAt !== undefined) continue;
    const adoption = adoptOne(snapshot, pools, parseEgressIP(source), taken);
    if (adoption === undefined) continue;
    if ('message' in adoption) problems.push({ code: 'NotAdopted', severity: 'warning', object: { kind: 'EgressIP', name: source.name }, message: adoption.message });
    else {
      adoptions.push(adoption);
      taken.add(adoption.namespace);
    }
  }
  return { adoptions, problems };
}

/** What becomes of one EgressIP; undefined where its namespace is annotated with its addresses already. */
function adoptOne(snapshot: ClusterSnapshot, pools: readonly ParsedEgressIPAM[], egressIP: ParsedEgressIP, taken: ReadonlySet<string>): Adoption | { readonly message: string } | undefined {
  const name = selectedNamespace(egressIP);
  if (name === undefined) return { message: 'it selects namespaces by other labels than kubernetes.io/metadata.name, or several; give each namespace an EgressIP of its own that selects it by that label' };
  if (egressIP.source.podSelector !== undefined) return { message: 'it selects some pods of its namespace only, and an EgressIPAM serves whole namespaces; remove its podSelector' };
  const namespace = snapshot.namespaces.find((candidate) => candidate.name === name);
  if (namespace === undefined) return { message: `there is no namespace ${name}; delete it` };
  if (taken.has(name)) return { message: `another EgressIP is adopted for namespace ${name}; join the two, or delete one` };
  if (egressIP.egressIPs.length !== egressIP.source.egressIPs.length) return { message: 'one of its addresses is none; correct spec.egressIPs' };
  const fits = pools.flatMap((pool) => {
    const ordered = inOrder(pool, egressIP.egressIPs);
    return ordered === undefined ? [] : [{ pool, ordered }];
  });
  const [fit] = fits;
  if (fit === undefined) return { message: `no EgressIPAM has exactly one CIDR assignment for each of ${egressIP.source.egressIPs.join(', ')}; make one, or change its CIDRs` };
  if (fits.length > 1) return { message: `EgressIPAMs ${fits.map(({ pool }) => pool.name).join(' and ')} fit; choose one by --egressipam` };
  const addresses = fit.ordered.map((address) => egressIP.source.egressIPs.find((text) => parseAddress(text) === address) ?? '');
  if (namespace.egressIPAM !== undefined && namespace.egressIPAM !== fit.pool.name) return { message: `namespace ${name} names EgressIPAM ${namespace.egressIPAM}, whose CIDRs do not hold its addresses; correct the annotation` };
  if (namespace.egressIPs !== undefined && namespace.egressIPs !== addresses.join(',')) return { message: `namespace ${name} is annotated with ${namespace.egressIPs}; correct the annotation, or the EgressIP` };
  if (namespace.egressIPAM !== undefined && namespace.egressIPs !== undefined) return undefined;
  return { namespace: name, egressIP: egressIP.name, egressIPAM: fit.pool.name, addresses };
}

/** One address for each CIDR assignment, in their order; undefined where it does not come out even. */
function inOrder({ assignments }: ParsedEgressIPAM, addresses: readonly Address[]): readonly Address[] | undefined {
  if (assignments.length === 0 || assignments.length !== addresses.length) return undefined;
  const ordered = assignments.flatMap((assignment) => addresses.filter((address) => contains(assignment, address)));
  return ordered.length === addresses.length && new Set(ordered).size === addresses.length && assignments.every((assignment) => addresses.filter((address) => contains(assignment, address)).length === 1) ? ordered : undefined;
}

import { parseAddress, type Address } from '../address/address.ts';
import { contains } from '../claims/match-assignments.ts';
import type { Finding } from '../finding/finding.ts';
import type { AdoptableBinding, NetworkBackend } from '../network-contract/backend.ts';
import { parseEgressIPAM, type ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/** Annotations for a namespace that make a binding that is there already this project's. */
export interface Adoption {
  readonly namespace: string;
  /** The object whose addresses the namespace gets; it stays as it is, and becomes owned. */
  readonly object: { readonly kind: string; readonly name: string };
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

/** Finds the bindings that people made and that can become this project's without an interruption. Changes nothing. */
export function planAdoption(
  snapshot: ClusterSnapshot,
  backend: NetworkBackend,
  options: AdoptionOptions = {},
): AdoptionPlan {
  const pools = snapshot.egressIPAMs
    .map(parseEgressIPAM)
    .filter(({ name, deleting }) => !deleting && (options.egressIPAM ?? name) === name);
  const adoptions: Adoption[] = [];
  const problems: Finding[] = [];
  const taken = new Set<string>();
  for (const binding of backend.adoptable?.(snapshot.network.objects) ?? []) {
    const adoption = adoptOne(snapshot, pools, binding, taken);
    if (adoption === undefined) continue;
    if ('message' in adoption) {
      problems.push({ code: 'NotAdopted', severity: 'warning', object: binding.object, message: adoption.message });
    } else {
      adoptions.push(adoption);
      taken.add(adoption.namespace);
    }
  }
  return { adoptions, problems };
}

/** What becomes of one binding; undefined where its namespace is annotated with its addresses already. */
function adoptOne(
  snapshot: ClusterSnapshot,
  pools: readonly ParsedEgressIPAM[],
  { object, namespace: name, addresses: texts, refusal }: AdoptableBinding,
  taken: ReadonlySet<string>,
): Adoption | { readonly message: string } | undefined {
  if (refusal !== undefined || name === undefined) return { message: refusal ?? 'it is not for one namespace' };
  const namespace = snapshot.namespaces.find((candidate) => candidate.name === name);
  if (namespace === undefined) return { message: `there is no namespace ${name}; delete it` };
  if (taken.has(name))
    return { message: `another object is adopted for namespace ${name}; join the two, or delete one` };
  const parsed = texts.flatMap((text) => parseAddress(text) ?? []);
  const fits = pools.flatMap((pool) => {
    const ordered = parsed.length === texts.length ? inOrder(pool, parsed) : undefined;
    return ordered === undefined ? [] : [{ pool, ordered }];
  });
  const [fit] = fits;
  if (fit === undefined) {
    return {
      message: `no EgressIPAM has exactly one CIDR assignment for each of ${texts.join(', ')}; make one, or change its CIDRs`,
    };
  }
  if (fits.length > 1) {
    return {
      message: `EgressIPAMs ${fits.map(({ pool }) => pool.name).join(' and ')} fit; choose one by --egressipam`,
    };
  }
  const addresses = fit.ordered.map((address) => texts.find((text) => parseAddress(text) === address) ?? '');
  if (namespace.egressIPAM !== undefined && namespace.egressIPAM !== fit.pool.name) {
    return {
      message: `namespace ${name} names EgressIPAM ${namespace.egressIPAM}, whose CIDRs do not hold its addresses; correct the annotation`,
    };
  }
  if (namespace.egressIPs !== undefined && namespace.egressIPs !== addresses.join(',')) {
    return {
      message: `namespace ${name} is annotated with ${namespace.egressIPs}; correct the annotation, or the object`,
    };
  }
  if (namespace.egressIPAM !== undefined && namespace.egressIPs !== undefined) return undefined;
  return { namespace: name, object, egressIPAM: fit.pool.name, addresses };
}

/** One address for each CIDR assignment, in their order; undefined where it does not come out even. */
function inOrder({ assignments }: ParsedEgressIPAM, addresses: readonly Address[]): readonly Address[] | undefined {
  if (assignments.length === 0 || assignments.length !== addresses.length) return undefined;
  const ordered = assignments.flatMap((assignment) => addresses.filter((address) => contains(assignment, address)));
  return ordered.length === addresses.length &&
    new Set(ordered).size === addresses.length &&
    assignments.every((assignment) => addresses.filter((address) => contains(assignment, address)).length === 1)
    ? ordered
    : undefined;
}

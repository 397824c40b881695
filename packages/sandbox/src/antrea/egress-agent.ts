import { canonicalAddress, isVersion6 } from '../stand-in/addresses.ts';
import { selects, type Labels } from '../stand-in/label-selector.ts';
import { isSchedulable, type AntreaPod, type Egress, type EgressCondition } from './antrea-objects.ts';
import type { Schedule } from './ip-scheduler.ts';

/** What an agent sees in one pass. */
export interface AgentView {
  readonly egresses: readonly Egress[];
  /** Its own scheduler's result. */
  readonly schedule: ReadonlyMap<string, Schedule>;
  readonly pods: readonly AntreaPod[];
  readonly namespaceLabels: ReadonlyMap<string, Labels>;
  /** Addresses on any device of the node but `antrea-egress0` and `kube-ipvs0`, canonical. */
  readonly addresses: ReadonlySet<string>;
  /** The node that tells of addresses that nobody has. */
  readonly speaker: (egress: Egress) => string | undefined;
}

/** What an agent wants in an Egress's status. */
export interface EgressReport {
  readonly egress: string;
  readonly egressNode: string;
  readonly egressIP: string;
  readonly condition?: EgressCondition;
}

/** One node's antrea-agent, as far as egress goes (`pkg/agent/controller/egress/egress_controller.go`). */
export class AntreaEgressAgent {
  readonly node: string;
  /** What it has put on `antrea-egress0`; stays when it dies, and until it starts again. */
  readonly assigned = new Set<string>();
  /** By Egress: the text of its address, and whether this node has it. What the flows say; they outlive the agent. */
  readonly #realised = new Map<string, { readonly egressIP: string; readonly isLocal: boolean }>();
  /** By pod: the Egress that counts. */
  readonly #bindings = new Map<string, string>();
  /** What it looked at when it reported last: nothing is reported again without a cause. */
  readonly #reported = new Map<string, string>();

  constructor(node: string) {
    this.node = node;
  }

  /** A new process on the same node: what it had put there stays until the next pass, and it reports anew. */
  restarted(): void {
    this.#reported.clear();
  }

  /** One look at everything. @returns what is to be written, in the order of the Egresses */
  pass(view: AgentView): readonly EgressReport[] {
    this.#assign(view);
    const reports: EgressReport[] = [];
    const present = new Set(view.egresses.map(({ name }) => name));
    for (const name of this.#realised.keys()) if (!present.has(name)) this.#realised.delete(name);
    for (const egress of view.egresses) {
      const egressIP = this.#desired(egress, view);
      // Addresses are compared as text: an IPv6 one that is not canonical is nobody's.
      const isLocal = egressIP !== '' && (view.addresses.has(egressIP) || this.assigned.has(egressIP));
      if (egressIP === '') this.#realised.delete(egress.name);
      else this.#realised.set(egress.name, { egressIP, isLocal });
      const report = this.#report(egress, egressIP, isLocal, view);
      const cause = JSON.stringify([
        egress.uid,
        egress.spec.egressIP,
        egress.spec.externalIPPool,
        egressIP,
        isLocal,
        report?.condition,
      ]);
      if (this.#reported.get(egress.name) === cause) continue;
      this.#reported.set(egress.name, cause);
      if (report) reports.push(report);
    }
    this.#bind(view);
    return reports;
  }

  /** The Egress that counts for a pod of this node, and what the flows make of it. */
  effective(pod: string): { readonly egressIP: string; readonly isLocal: boolean } | undefined {
    const egress = this.#bindings.get(pod);
    return egress === undefined ? undefined : this.#realised.get(egress);
  }

  /** Does this node translate what is tunnelled to the address? */
  translates(address: string): boolean {
    return [...this.#realised.values()].some(
      ({ egressIP, isLocal }) => isLocal && canonicalAddress(egressIP) === address,
    );
  }

  // The kernel's own device: one address once, whatever the number of Egresses that ask for it.
  #assign({ egresses, schedule }: AgentView): void {
    const wanted = new Set<string>();
    for (const { name, spec } of egresses) {
      const scheduled = schedule.get(name);
      const address = canonicalAddress(spec.egressIP);
      if (address !== undefined && scheduled && 'node' in scheduled && scheduled.node === this.node)
        wanted.add(address);
    }
    for (const address of this.assigned) if (!wanted.has(address)) this.assigned.delete(address);
    for (const address of wanted) this.assigned.add(address);
  }

  #desired(egress: Egress, { schedule }: AgentView): string {
    // Without a pool whoever uses it has to put the address on a node.
    if (!isSchedulable(egress)) return egress.spec.egressIP;
    const scheduled = schedule.get(egress.name);
    return scheduled && 'node' in scheduled ? egress.spec.egressIP : '';
  }

  #report(
    egress: Egress,
    egressIP: string,
    isLocal: boolean,
    { schedule, speaker }: AgentView,
  ): EgressReport | undefined {
    if (isLocal) {
      const condition = {
        type: 'IPAssigned',
        status: 'True',
        reason: 'Assigned',
        message: 'EgressIP is successfully assigned to EgressNode',
      } as const;
      return { egress: egress.name, egressNode: this.node, egressIP, ...(isSchedulable(egress) && { condition }) };
    }
    // An address that somebody has to have, and this node has not: others' business, also when nobody has it.
    if (egressIP !== '' || speaker(egress) !== this.node) return undefined;
    const scheduled = schedule.get(egress.name);
    const condition =
      scheduled &&
      'error' in scheduled &&
      ({
        type: 'IPAssigned',
        status: 'False',
        reason: 'AssignmentError',
        message: `Failed to assign the IP to EgressNode: ${scheduled.error}`,
      } as const);
    return { egress: egress.name, egressNode: '', egressIP: '', ...(condition && { condition }) };
  }

  #bind({ egresses, pods, namespaceLabels }: AgentView): void {
    const here = pods.filter(({ node, hostNetwork }) => node === this.node && !hostNetwork);
    for (const uid of this.#bindings.keys()) if (!here.some((pod) => pod.uid === uid)) this.#bindings.delete(uid);
    for (const pod of here) {
      const matching = egresses
        .filter(
          (egress) =>
            this.#realised.has(egress.name) && appliesTo(egress, pod, namespaceLabels.get(pod.namespace) ?? {}),
        )
        .map(({ name }) => name);
      // Whichever came first stays, whatever its family.
      const before = this.#bindings.get(pod.uid);
      const effective = before !== undefined && matching.includes(before) ? before : matching[0];
      if (effective === undefined) this.#bindings.delete(pod.uid);
      else this.#bindings.set(pod.uid, effective);
    }
  }
}

function appliesTo({ spec: { appliedTo } }: Egress, pod: AntreaPod, namespaceLabels: Labels): boolean {
  const { namespaceSelector, podSelector } = appliedTo;
  if (!namespaceSelector && !podSelector) return false;
  return (
    (!namespaceSelector || selects(namespaceSelector, namespaceLabels)) &&
    (!podSelector || selects(podSelector, pod.labels ?? {}))
  );
}

/** Can a packet to the destination leave by the address? */
export function isSameFamily(egressIP: string, destination: string): boolean {
  return isVersion6(egressIP) === isVersion6(destination);
}

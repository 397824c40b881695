import type { Plan } from '../plan/plan-types.ts';
import type { Step } from '../plan/step.ts';
import { mergeResults } from '../provider/merge-results.ts';
import type { ProviderChangeResult } from '../provider/contract.ts';
import { egressAssignableLabel, finalizerName } from '../snapshot/names.ts';
import type { ClusterSnapshot, EgressIPSnapshot } from '../snapshot/snapshot.ts';

/** The steps of a plan that may start now. */
export function readySteps(plan: Plan): readonly Step[] {
  return plan.steps.filter((step) => step.after.length === 0);
}

/** The cluster after one step, as an API server and a cloud would have it. */
export function applyStep(snapshot: ClusterSnapshot, step: Step): ClusterSnapshot {
  switch (step.kind) {
    case 'finalizer':
      return {
        ...snapshot,
        egressIPAMs: snapshot.egressIPAMs.flatMap((egressIPAM) => {
          if (egressIPAM.name !== step.egressIPAM) return [egressIPAM];
          if (!step.present && egressIPAM.deletedAt !== undefined) return [];
          return [{ ...egressIPAM, finalizers: step.present ? [finalizerName] : [] }];
        }),
      };
    case 'remember':
      return { ...snapshot, departed: [], egressIPAMs: replace(snapshot.egressIPAMs, step.egressIPAM, (egressIPAM) => ({ ...egressIPAM, released: step.released })) };
    case 'annotate':
      return {
        ...snapshot,
        namespaces: replace(snapshot.namespaces, step.namespace, (namespace) => {
          const { egressIPs: oldList, allocated: _allocated, unconfirmed: _unconfirmed, ...rest } = namespace;
          const egressIPs = step.egressIPs === undefined ? oldList : (step.egressIPs ?? undefined);
          return { ...rest, ...(egressIPs === undefined ? {} : { egressIPs }), ...(step.allocated === null ? {} : { allocated: step.allocated }) };
        }),
      };
    case 'host':
      return {
        ...snapshot,
        hostSubnets: replace(snapshot.hostSubnets, step.node, (hostSubnet) => ({
          name: hostSubnet.name,
          hostIP: hostSubnet.hostIP,
          egressIPs: step.egressIPs ?? hostSubnet.egressIPs,
          egressCIDRs: step.egressCIDRs ?? hostSubnet.egressCIDRs,
          ...(step.hostedIPs === null ? {} : { hostedIPs: step.hostedIPs }),
          ...(step.hostedCIDRs === null ? {} : { hostedCIDRs: step.hostedCIDRs }),
        })),
      };
    case 'claim':
      return { ...snapshot, netNamespaces: replace(snapshot.netNamespaces, step.namespace, ({ unconfirmed: _unconfirmed, ...netNamespace }) => ({ ...netNamespace, egressIPs: step.egressIPs })) };
    case 'attach':
    case 'detach':
    case 'move':
      return applyToProvider(snapshot, step);
    case 'label-node':
      return {
        ...snapshot,
        nodes: replace(snapshot.nodes, step.node, (node) => {
          const { [egressAssignableLabel]: _label, ...labels } = node.labels;
          const { labelledByUs: _labelledByUs, ...rest } = node;
          return step.present ? { ...rest, labels: { ...labels, [egressAssignableLabel]: '' }, labelledByUs: true } : { ...rest, labels };
        }),
      };
    case 'apply-egress-ip':
      return { ...snapshot, egressIPs: [...snapshot.egressIPs.filter(({ name }) => name !== step.name), appliedEgressIP(snapshot, step)].sort((a, b) => (a.name < b.name ? -1 : 1)) };
    case 'delete-egress-ip':
      return { ...snapshot, egressIPs: snapshot.egressIPs.filter(({ name }) => name !== step.name) };
  }
}

function appliedEgressIP(snapshot: ClusterSnapshot, step: Extract<Step, { kind: 'apply-egress-ip' }>): EgressIPSnapshot {
  const existing = snapshot.egressIPs.find(({ name }) => name === step.name);
  return {
    name: step.name,
    createdAt: existing?.createdAt ?? '2026-01-03T00:00:00Z',
    ours: true,
    egressIPs: step.egressIPs,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': step.namespace } },
    ...(step.egressNodeSelector === undefined ? {} : { egressNodeSelector: step.egressNodeSelector }),
    assigned: (existing?.assigned ?? []).filter(({ egressIP }) => step.egressIPs.includes(egressIP)),
  };
}

function applyToProvider(snapshot: ClusterSnapshot, step: Extract<Step, { kind: 'attach' | 'detach' | 'move' }>): ClusterSnapshot {
  const { observation } = snapshot.provider;
  if (observation === undefined) return snapshot;
  const node = { name: step.node };
  const results = step.addresses.map((address): ProviderChangeResult => ({
    outcome: 'done',
    change: step.kind === 'move' ? { type: 'move', address, from: { name: step.from }, node } : { type: step.kind, address, node },
  }));
  const { doubted, ...provider } = snapshot.provider;
  const rest = doubted?.filter(({ node: name, address }) => !(name === step.node && step.addresses.includes(address)));
  return { ...snapshot, provider: { ...provider, observation: mergeResults(observation, results), ...(rest === undefined ? {} : { doubted: rest }) } };
}

function replace<Entry extends { readonly name: string }>(entries: readonly Entry[], name: string, update: (entry: Entry) => Entry): readonly Entry[] {
  return entries.map((entry) => (entry.name === name ? update(entry) : entry));
}

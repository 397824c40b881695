import type { NetworkBackend } from '../network-contract/backend.ts';
import type { InterfaceStep, Step } from '../network-contract/step.ts';
import { withEntry } from '../network-contract/with-entry.ts';
import { plain } from '../plain/plain-network.ts';
import type { Plan } from '../plan/plan-types.ts';
import { mergeResults } from '../provider-contract/merge-results.ts';
import type { ProviderChange } from '../provider-contract/contract.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/** The steps of a plan that may start now. */
export function readySteps(plan: Plan): readonly Step[] {
  return plan.steps.filter((step) => step.after.length === 0);
}

/** The cluster after one step, as an API server, a network and a cloud would have it. */
export function applyStep(snapshot: ClusterSnapshot, step: Step, backend: NetworkBackend = plain): ClusterSnapshot {
  switch (step.kind) {
    case 'finalizer':
      return {
        ...snapshot,
        egressIPAMs: withEntry(snapshot.egressIPAMs, step.egressIPAM, (egressIPAM) =>
          egressIPAM === undefined || (!step.present && egressIPAM.deletedAt !== undefined)
            ? undefined
            : { ...egressIPAM, finalizers: step.finalizers },
        ),
      };
    case 'remember':
      return {
        ...snapshot,
        departed: [],
        egressIPAMs: withEntry(snapshot.egressIPAMs, step.egressIPAM, (egressIPAM) =>
          egressIPAM === undefined ? undefined : { ...egressIPAM, released: step.released },
        ),
      };
    case 'annotate':
      return {
        ...snapshot,
        namespaces: withEntry(snapshot.namespaces, step.namespace, (namespace) => {
          if (namespace === undefined) return undefined;
          const { egressIPs: before, allocated: _allocated, unconfirmed: _unconfirmed, ...rest } = namespace;
          const egressIPs = step.egressIPs === undefined ? before : (step.egressIPs ?? undefined);
          const list = egressIPs === undefined ? {} : { egressIPs };
          return { ...rest, ...list, ...(step.allocated === null ? {} : { allocated: step.allocated }) };
        }),
      };
    case 'network': {
      const { objects, nodes } = backend.simulate({ objects: snapshot.network.objects, nodes: snapshot.nodes }, step);
      return { ...snapshot, nodes, network: { ...snapshot.network, objects } };
    }
    default:
      return applyToProvider(snapshot, step);
  }
}

function applyToProvider(snapshot: ClusterSnapshot, step: InterfaceStep): ClusterSnapshot {
  const { observation, doubted, ...provider } = snapshot.provider;
  if (observation === undefined) return snapshot;
  const { address } = step;
  const node = { name: step.node };
  const change: ProviderChange =
    step.kind === 'move'
      ? { type: 'move', address, from: { name: step.from }, node }
      : { type: step.kind, address, node };
  const rest = doubted?.filter((entry) => !(entry.node === step.node && entry.address === address));
  return {
    ...snapshot,
    provider: {
      ...provider,
      observation: mergeResults(observation, [{ outcome: 'done', change }]),
      ...(rest === undefined ? {} : { doubted: rest }),
    },
  };
}

import { ResourceClient } from '@egressip-ipam/kube';
import { antreaEgressCrd, externalIpPoolCrd } from '../crds/antrea.ts';
import type { TrialBinding, TrialNetwork } from '../stand-in/trial-network.ts';
import { egresses } from '../stand-in/resources.ts';
import { readEgress } from './antrea-objects.ts';
import { startAntrea } from './antrea.ts';

/** Antrea as something to try. Of a namespace's Egresses one selects its pods; the others are in reserve. */
export const antreaTrial: TrialNetwork = {
  crds: [antreaEgressCrd, externalIpPoolCrd],
  afterMove: 'Antrea moved them by itself; it uses one address of a namespace, and the others are in reserve.',
  start: (rest) => startAntrea({ rest }),
  async readBindings(rest) {
    const { items } = await new ResourceClient(rest, egresses).list();
    return items.map(readEgress).flatMap(({ spec: { egressIP, appliedTo }, status }): readonly TrialBinding[] => {
      if (egressIP === '' || appliedTo.podSelector !== undefined) return [];
      const namespace = appliedTo.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? '';
      const node = status.egressNode === '' ? undefined : status.egressNode;
      return [{ namespace, addresses: [{ address: egressIP, node }] }];
    });
  },
};

import {
  fieldManager,
  ownershipLabel,
  type KubernetesWrite,
  type NetworkStep,
  type ResourceReference,
} from '@egressip-ipam/core';
import { egressIPKind } from '../kinds/egress-ip.ts';
import {
  egressAssignableLabel,
  labelledByUsAnnotation,
  namespaceNameLabel,
  touchedAnnotation,
} from '../kinds/names.ts';
import { payloadOf, type ApplyPayload } from './payload.ts';

const nodeResource: ResourceReference = { group: '', version: 'v1', plural: 'nodes', kind: 'Node' };

/** The Kubernetes write of a step. */
export function write(step: NetworkStep): KubernetesWrite {
  const { name } = step.object;
  const { resource } = egressIPKind;
  const payload = payloadOf(step);
  switch (payload.write) {
    case 'apply':
      return { verb: 'apply', resource, name, object: appliedObject(name, payload), fieldManager };
    case 'delete':
      return { verb: 'delete', resource, name };
    case 'touch': {
      const body = { metadata: { annotations: { [touchedAnnotation]: payload.touched } } };
      return { verb: 'patch', resource, name, body, conditional: true };
    }
    case 'label': {
      const { assignable, egressIPAM } = payload;
      const value = assignable === true ? '' : null;
      const metadata = {
        labels: {
          ...(assignable === undefined ? {} : { [egressAssignableLabel]: value }),
          ...(egressIPAM === undefined ? {} : { [ownershipLabel]: egressIPAM }),
        },
        ...(assignable === undefined ? {} : { annotations: { [labelledByUsAnnotation]: value } }),
      };
      // Nodes change all the time, and nobody else writes these.
      return { verb: 'patch', resource: nodeResource, name, body: { metadata }, conditional: false };
    }
  }
}

/** Labels and spec alone: its status and its annotations are OVN-Kubernetes' own. */
function appliedObject(name: string, payload: ApplyPayload): Readonly<Record<string, unknown>> {
  const { namespace, egressIPAM, egressIPs, egressNodeSelector, clearsPodSelector } = payload;
  return {
    metadata: { name, labels: { [ownershipLabel]: egressIPAM } },
    spec: {
      egressIPs,
      namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
      ...(egressNodeSelector === undefined ? {} : { egressNodeSelector }),
      ...(clearsPodSelector === true ? { podSelector: {} } : {}),
    },
  };
}

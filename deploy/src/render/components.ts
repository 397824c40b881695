import type { Values } from '../objects/values.ts';

/** A part that not every cluster needs: a kustomize component, made from what values add to the chart. */
export interface Component {
  /** Its folder below `manifests/optional`. */
  readonly name: string;
  readonly values: Values;
  /** Values of the components that this one only adds to. */
  readonly above?: readonly Values[];
}

/** Values of `manifests`: what the chart makes by default, its namespace, and no definition, which `crds` has. */
export const baseValues: Values = { namespace: { create: true }, crds: { enabled: false }, openshift: false };

const agent: Values = { agent: { enabled: true } };
const monitoring: Values = { monitoring: { enabled: true } };

/** Every component. */
export const components: readonly Component[] = [
  { name: 'agent', values: agent },
  { name: 'agent-monitoring', values: { ...agent, ...monitoring }, above: [monitoring, agent] },
  { name: 'agent-openshift', values: { ...agent, openshift: true }, above: [agent] },
  { name: 'aws', values: { openshift: true, aws: { enabled: true } } },
  { name: 'guard-unassigned', values: { guardUnassigned: { enabled: true } } },
  { name: 'monitoring', values: { openshift: true, ...monitoring } },
  { name: 'network-policy', values: { networkPolicy: { enabled: true } } },
  { name: 'node-probe', values: { nodeProbe: { enabled: true } } },
  { name: 'services', values: { services: { enabled: true } } },
];

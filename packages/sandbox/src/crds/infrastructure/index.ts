import { defineCrd } from '../define-crd.ts';
import { object, oneOf, text } from '../schema.ts';
import { platformTypes } from './addresses.ts';
import { platformSpec } from './platform-spec.ts';
import { platformStatus } from './platform-status.ts';

/** What an OpenShift cluster runs on; the one object is named `cluster`. */
export const infrastructureCrd = defineCrd({
  group: 'config.openshift.io',
  version: 'v1',
  kind: 'Infrastructure',
  plural: 'infrastructures',
  hasStatus: true,
  required: ['spec'],
  fields: {
    spec: object({ cloudConfig: object({ key: text(), name: text() }), platformSpec }),
    status: object({
      apiServerInternalURI: text(),
      apiServerURL: text(),
      controlPlaneTopology: oneOf(
        ['HighlyAvailable', 'HighlyAvailableArbiter', 'SingleReplica', 'DualReplica', 'External'],
        { default: 'HighlyAvailable' },
      ),
      cpuPartitioning: oneOf(['None', 'AllNodes'], { default: 'None' }),
      etcdDiscoveryDomain: text(),
      infrastructureName: text(),
      infrastructureTopology: oneOf(['HighlyAvailable', 'SingleReplica'], { default: 'HighlyAvailable' }),
      platform: oneOf(platformTypes),
      platformStatus,
    }),
  },
});

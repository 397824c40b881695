import { defineCrd } from './define-crd.ts';
import { int64, listByKey, object, oneOf, required, text, time } from './schema.ts';
import { qualifiedName } from './selectors.ts';

/** An address on a node's interface in the cloud, which OpenShift's controller puts there; its name is the address. */
export const cloudPrivateIpConfigCrd = defineCrd({
  group: 'cloud.network.openshift.io',
  version: 'v1',
  kind: 'CloudPrivateIPConfig',
  plural: 'cloudprivateipconfigs',
  hasStatus: true,
  metadata: object({ name: text({ anyOf: [{ format: 'ipv4' }, { pattern: '^[0-9a-f]{4}(\\.[0-9a-f]{4}){7}$' }] }) }),
  required: ['spec'],
  fields: {
    spec: object({ node: text() }),
    status: object(
      {
        conditions: listByKey(
          'type',
          object(
            {
              lastTransitionTime: time,
              message: text({ maxLength: 32768 }),
              observedGeneration: int64({ minimum: 0 }),
              reason: text({ maxLength: 1024, minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
              status: oneOf(['True', 'False', 'Unknown']),
              type: text({
                maxLength: 316,
                pattern: qualifiedName,
              }),
            },
            required('lastTransitionTime', 'message', 'reason', 'status', 'type'),
          ),
        ),
        node: text(),
      },
      required('conditions'),
    ),
  },
});

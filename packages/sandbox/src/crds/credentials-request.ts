import { defineCrd } from './define-crd.ts';
import { anyFields, boolean, int64, listOf, object, required, text, time } from './schema.ts';

/** A wish for credentials of the cloud, which OpenShift answers with a secret. */
export const credentialsRequestCrd = defineCrd({
  group: 'cloudcredential.openshift.io',
  version: 'v1',
  kind: 'CredentialsRequest',
  plural: 'credentialsrequests',
  namespaced: true,
  hasStatus: true,
  required: ['spec'],
  fields: {
    spec: object(
      {
        cloudTokenPath: text(),
        providerSpec: anyFields,
        secretRef: object(
          {
            apiVersion: text(),
            fieldPath: text(),
            kind: text(),
            name: text(),
            namespace: text(),
            resourceVersion: text(),
            uid: text(),
          },
          { 'x-kubernetes-map-type': 'atomic' },
        ),
        serviceAccountNames: listOf(text()),
      },
      required('secretRef'),
    ),
    status: object(
      {
        conditions: listOf(
          object(
            {
              lastProbeTime: time,
              lastTransitionTime: time,
              message: text(),
              reason: text(),
              status: text(),
              type: text(),
            },
            required('status', 'type'),
          ),
        ),
        lastSyncCloudCredsSecretResourceVersion: text(),
        lastSyncGeneration: int64(),
        lastSyncInfrastructureResourceVersion: text(),
        lastSyncTimestamp: time,
        providerStatus: anyFields,
        provisioned: boolean,
      },
      required('lastSyncGeneration', 'provisioned'),
    ),
  },
});

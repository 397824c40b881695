import { type ClusterObjects, type ClusterRead, type ClusterRequest } from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import type { CredentialsSecret } from '../credentials/secret-credentials.ts';

/** Names that the original gave them, so that what it left serves on. */
const secretName = 'egress-ipam-operator-cloud-credentials';
const requestName = 'egress-ipam-operator';
const requestNamespace = 'openshift-cloud-credential-operator';

/** The secret with the cloud's credentials, in the operator's namespace. */
export const secretRead: ClusterRead = {
  resource: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' },
  namespace: { of: 'operator' },
  name: secretName,
  keep: (object) => ({ data: asRecord(asRecord(object)['data']) }),
};

/** The decoded keys of the secret; undefined while there is none. */
export function readSecret(objects: ClusterObjects | undefined): CredentialsSecret | undefined {
  const [secret] = objects?.('Secret') ?? [];
  if (secret === undefined) return undefined;
  const data = Object.entries(asRecord(asRecord(secret)['data']));
  return Object.fromEntries(
    data.flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, Buffer.from(value, 'base64').toString('utf8')]] : [],
    ),
  );
}

/**
 * Asks OpenShift for credentials with just the rights that are used for IPv4, which are those that the original asks
 * for.
 */
export function credentialsRequest(operatorNamespace: string): ClusterRequest {
  const action = [
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const statementEntries = [{ effect: 'Allow', action, resource: '*' }];
  return {
    resource: {
      group: 'cloudcredential.openshift.io',
      version: 'v1',
      plural: 'credentialsrequests',
      kind: 'CredentialsRequest',
    },
    object: {
      metadata: { name: requestName, namespace: requestNamespace },
      spec: {
        secretRef: { name: secretName, namespace: operatorNamespace },
        serviceAccountNames: ['egressip-ipam-operator'],
        providerSpec: { apiVersion: 'cloudcredential.openshift.io/v1', kind: 'AWSProviderSpec', statementEntries },
      },
    },
  };
}

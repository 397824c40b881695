import { isAlreadyExists, isForbidden, Reflector, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { setTimeout as delay } from 'node:timers/promises';
import { isServed } from '../network/choose-network.ts';
import { credentialsRequests, secrets } from '../network/resources.ts';

/** Names that the original gave them, so that what it left serves on. */
const secretName = 'egress-ipam-operator-cloud-credentials';
const requestName = 'egress-ipam-operator';
const requestNamespace = 'openshift-cloud-credential-operator';

/** The credentials secret in the operator's namespace, as it is now. */
export interface CredentialsSecret {
  /** Its decoded keys; undefined while there is none. */
  read(): Readonly<Record<string, string>> | undefined;
  stop(): Promise<void>;
}

/** Whether there are credentials: in the environment, or in the secret where it may be read. */
export async function findsCredentials(rest: RestClient, namespace: string | undefined): Promise<boolean> {
  if (['AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some((name) => (process.env[name] ?? '') !== '')) return true;
  if (namespace === undefined) return false;
  const { items } = await new ResourceClient(rest, secrets).list({ namespace, fieldSelector: `metadata.name=${secretName}` }).catch((error: unknown) => {
    if (isForbidden(error)) return { items: [] };
    throw error;
  });
  return items.length > 0;
}

/** Watches the credentials secret; resolves when it is known whether there is one. */
export async function watchCredentialsSecret(rest: RestClient, namespace: string, onError: (error: unknown) => void): Promise<CredentialsSecret> {
  const reflector = new Reflector<Readonly<Record<string, string>>>({
    client: new ResourceClient(rest, secrets),
    namespace,
    fieldSelector: `metadata.name=${secretName}`,
    project: (object) => decode(object['data']),
    onError,
  });
  reflector.start();
  // Without the right to read it there is no secret: the provider's other sources of credentials serve.
  await Promise.race([reflector.whenSynced(), new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
  return { read: () => reflector.store.get(`${namespace}/${secretName}`), stop: () => reflector.stop() };
}

function decode(data: unknown): Readonly<Record<string, string>> {
  if (typeof data !== 'object' || data === null) return {};
  return Object.fromEntries(Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, Buffer.from(value, 'base64').toString('utf8')]] : [])));
}

/** How credentials are asked for. */
export interface CredentialsQuestion {
  /** The operator's namespace, where the secret shall be. */
  readonly namespace: string;
  /** Ends the asking. */
  readonly signal: AbortSignal;
  /** Told of every refusal; it is asked again after a pause. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two tries. */
  readonly pause?: number;
}

const retryPause = 30_000;

/** Asks OpenShift for credentials with just the rights that are used where this project attaches (OpenShift SDN knows IPv4 alone), where it can be asked and was not before. Never rejects. */
export async function requestCredentials(rest: RestClient, { namespace, signal, onError, pause = retryPause }: CredentialsQuestion): Promise<void> {
  while (!signal.aborted) {
    try {
      return await createRequest(rest, namespace);
    } catch (error) {
      if (isAlreadyExists(error)) return;
      onError(error);
    }
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function createRequest(rest: RestClient, namespace: string): Promise<void> {
  if (!(await isServed(rest, credentialsRequests))) return;
  const action = [
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const providerSpec = { apiVersion: 'cloudcredential.openshift.io/v1', kind: 'AWSProviderSpec', statementEntries: [{ effect: 'Allow', action, resource: '*' }] };
  await new ResourceClient(rest, credentialsRequests).create({
    metadata: { name: requestName, namespace: requestNamespace },
    spec: { secretRef: { name: secretName, namespace }, serviceAccountNames: ['egressip-ipam-operator'], providerSpec },
  });
}

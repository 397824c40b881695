import type { Admission, AdmissionRequest, Envtest } from '@egressip-ipam/sandbox';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A validating webhook of a network. */
export interface ServedWebhook {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly admission: Admission;
}

interface AdmissionReview {
  readonly request: Omit<AdmissionRequest, 'group' | 'resource' | 'subresource' | 'user'> & {
    readonly uid: string;
    readonly resource: { readonly group: string; readonly resource: string };
    readonly subResource?: string;
    readonly userInfo: { readonly username: string };
  };
}

/** Serves webhooks to a real API server, with the server's own certificate, and tells it of them. */
export async function serveWebhooks(
  { folder, ca, client }: Envtest,
  webhooks: readonly ServedWebhook[],
): Promise<{ stop(): Promise<void> }> {
  const certificates = join(folder, 'certificates');
  const [cert, key] = await Promise.all([
    readFile(join(certificates, 'apiserver.crt')),
    readFile(join(certificates, 'apiserver.key')),
  ]);
  const server = createServer({ cert, key }, (request, response) => {
    const webhook = webhooks.find(({ name }) => request.url?.split('?')[0] === `/${name}`);
    void readReview(request).then((review) => {
      const { status, body } = answer(webhook?.admission, review);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  const rest = client();
  await rest.request('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    body: configuration(webhooks, `https://127.0.0.1:${port}`, ca),
  });
  rest.close();
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(webhooks: readonly ServedWebhook[], url: string, ca: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'test' },
    webhooks: webhooks.map(({ name, group, version, resource }) => ({
      name,
      clientConfig: { url: `${url}/${name}`, caBundle: Buffer.from(ca).toString('base64') },
      rules: [{ apiGroups: [group], apiVersions: [version], operations: ['CREATE', 'UPDATE'], resources: [resource] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    })),
  };
}

async function readReview(request: IncomingMessage): Promise<AdmissionReview> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  // The API server alone knows the address.
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as AdmissionReview;
}

/** The API server says itself by whom a write was denied; who has an error of its own says nothing of the write. */
function answer(
  admission: Admission | undefined,
  { request }: AdmissionReview,
): { readonly status: number; readonly body: string } {
  const { uid, resource, subResource = '', userInfo, oldObject, ...rest } = request;
  const refusal = admission?.({
    ...rest,
    ...resource,
    subresource: subResource,
    user: userInfo.username,
    // It sends null for none.
    oldObject: oldObject ?? undefined,
  });
  if (refusal !== undefined && refusal.status >= 500) return { status: refusal.status, body: refusal.message };
  const message = refusal?.message.replace(/^admission webhook "[^"]*" denied the request: /, '');
  const response = { uid, allowed: refusal === undefined, ...(message === undefined ? {} : { status: { message } }) };
  return {
    status: 200,
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }),
  };
}

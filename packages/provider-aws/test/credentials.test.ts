import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { CreateProvider, ProviderContext } from '@egressip-ipam/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAwsProvider } from '../src/create-aws-provider.ts';
import { createProvider } from '../src/index.ts';
import { look, secretOf } from './cluster.ts';

const nodes = [{ name: 'worker-1', providerID: 'aws:///us-east-1a/i-0123456789abcdef0' }];

/**
 * Answers EC2 with nothing, STS with credentials, and as the instance metadata service; writes down who signed, for
 * which region, and what STS was asked.
 */
let server: Server;
let endpoint: string;
let signers: string[] = [];
let assumed: string[] = [];
/** What STS answers, where it refuses. */
let refusal: { readonly status: number; readonly code: string; readonly message: string } | undefined;

const assumeRole = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
<AccessKeyId>ASIAFROMSTS</AccessKeyId><SecretAccessKey>sts-secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

/** What the instance metadata service says. */
const instanceMetadata: Readonly<Record<string, string>> = {
  '/latest/api/token': 'session',
  '/latest/meta-data/placement/region': 'eu-south-1',
  '/latest/meta-data/iam/security-credentials/': 'worker-role',
  '/latest/meta-data/iam/security-credentials/worker-role': JSON.stringify({
    AccessKeyId: 'ASIAINSTANCEROLE',
    SecretAccessKey: 'x',
    Token: 'x',
    Expiration: '2099-01-01T00:00:00Z',
  }),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url?.startsWith('/latest/') === true) {
        response.end(instanceMetadata[request.url] ?? '');
        return;
      }
      const parameters = new URLSearchParams(body);
      if (parameters.get('Action') === 'AssumeRoleWithWebIdentity') {
        assumed.push(`${parameters.get('RoleArn')} ${parameters.get('WebIdentityToken')}`);
        if (refusal === undefined) response.end(assumeRole);
        else
          response
            .writeHead(refusal.status)
            .end(
              `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error></ErrorResponse>`,
            );
        return;
      }
      const [, key = '', region = ''] =
        /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
      signers.push(`${key} ${region}`);
      response.end(`<${parameters.get('Action')}Response/>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

beforeEach(() => {
  signers = [];
  assumed = [];
  refusal = undefined;
  for (const name of [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
    'AWS_REGION',
    'AWS_ROLE_ARN',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
});
afterEach(() => vi.unstubAllEnvs());

/** Made as a plug-in is. */
const makeProvider: CreateProvider = createProvider;

/** Looks once, with the SDK's own client and chain. */
async function lookOnce(context: ProviderContext): Promise<void> {
  const provider = await makeProvider({ endpoint, region: 'us-east-1', ...context });
  await look(provider, nodes, ['10.0.0.0/24']);
  await provider.close?.();
}

describe('credentials', () => {
  it('come from the environment first', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
    await lookOnce({ objects: secretOf(() => ({ aws_access_key_id: 'AKIASECRET', aws_secret_access_key: 'x' })) });
    expect(new Set(signers)).toEqual(new Set(['AKIAENVIRONMENT us-east-1']));
  });

  it.each([
    ['its two keys', { aws_access_key_id: 'AKIASECRET\n', aws_secret_access_key: 'x' }],
    ['its file', { credentials: '[default]\naws_access_key_id = AKIASECRET\naws_secret_access_key = x\n' }],
    [
      'its file, if both are there',
      {
        credentials: '[default]\naws_access_key_id = AKIASECRET\naws_secret_access_key = x\n',
        aws_access_key_id: 'AKIAOTHER',
        aws_secret_access_key: 'x',
      },
    ],
  ])('come from the secret: %s', async (_, secret) => {
    await lookOnce({ region: 'us-gov-west-1', objects: secretOf(() => secret) });
    expect(new Set(signers)).toEqual(new Set(['AKIASECRET us-gov-west-1']));
  });

  it("come from STS where the secret's file names a role and a token", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    await writeFile(join(folder, 'token'), 'service-account-token');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', endpoint);
    await lookOnce({
      objects: secretOf(() => ({
        credentials: `[default]\nsts_regional_endpoints = regional\nrole_arn = arn:aws:iam::123456789012:role/egress\nweb_identity_token_file = ${folder}/token\n`,
      })),
    });
    await rm(folder, { recursive: true });
    expect(assumed).toEqual(['arn:aws:iam::123456789012:role/egress service-account-token']);
    expect(new Set(signers)).toEqual(new Set(['ASIAFROMSTS us-east-1']));
  });

  it.each([
    ['ValidationError', 400, 'unauthorized'],
    ['MalformedPolicyDocument', 400, 'unauthorized'],
    ['AccessDenied', 403, 'unauthorized'],
    ['ServiceUnavailable', 503, 'transient'],
  ])('what STS refuses with %s says so, without its text', async (code, status, errorClass) => {
    refusal = { status, code, message: "Value 'TOPSECRET' at 'webIdentityToken' failed to satisfy a constraint" };
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    await writeFile(join(folder, 'token'), 'TOPSECRET');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', endpoint);
    const provider = createAwsProvider({
      endpoint,
      region: 'us-east-1',
      objects: secretOf(() => ({
        credentials: `[default]\nrole_arn = arn:aws:iam::123456789012:role/egress\nweb_identity_token_file = ${folder}/token\n`,
      })),
    });
    const said = await look(provider, nodes, ['10.0.0.0/24']).catch(
      (error: unknown) => (error as { readonly description: unknown }).description,
    );
    await rm(folder, { recursive: true });
    expect(JSON.stringify(said)).toContain(`"class":"${errorClass}"`);
    expect(JSON.stringify(said)).not.toContain('TOPSECRET');
  });

  it('come from IRSA before the secret', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    await writeFile(join(folder, 'token'), 'irsa-token');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', endpoint);
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/irsa');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'token'));
    await lookOnce({ objects: secretOf(() => ({ aws_access_key_id: 'AKIASECRET', aws_secret_access_key: 'x' })) });
    await rm(folder, { recursive: true });
    expect(assumed).toEqual(['arn:aws:iam::123456789012:role/irsa irsa-token']);
    expect(new Set(signers)).toEqual(new Set(['ASIAFROMSTS us-east-1']));
  });

  it.each([
    ['the secret, where there is one', { aws_access_key_id: 'AKIASECRET', aws_secret_access_key: 'x' }, 'AKIASECRET'],
    ['the instance role last', undefined, 'ASIAINSTANCEROLE'],
  ])('on an instance: %s', async (_, secret, key) => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', endpoint);
    await lookOnce({ objects: secretOf(() => secret) });
    expect(new Set(signers)).toEqual(new Set([`${key} us-east-1`]));
  });

  it('are read again when the secret changes, or comes', async () => {
    let secret: Record<string, string> | undefined;
    const provider = createAwsProvider({ endpoint, region: 'us-east-1', objects: secretOf(() => secret) });
    await expect(look(provider, nodes, ['10.0.0.0/24'])).rejects.toMatchObject({
      description: { class: 'unauthorized' },
    });
    for (const key of ['AKIAFIRST', 'AKIASECOND']) {
      secret = { aws_access_key_id: key, aws_secret_access_key: 'x' };
      signers = [];
      await look(
        provider,
        [{ name: 'worker-1', providerID: `aws:///us-east-1a/i-0123456789abcde${key === 'AKIAFIRST' ? '01' : '02'}` }],
        ['10.0.0.0/24'],
      );
      expect(new Set(signers)).toEqual(new Set([`${key} us-east-1`]));
    }
    await provider.close?.();
  });

  it.each([
    { credentials: '[default]\naws_secret_access_key = TOPSECRET\n' },
    { aws_secret_access_key: 'TOPSECRET' },
    { credentials: 'TOPSECRET' },
  ])('a secret that cannot be used is an error without its text: %o', async (secret) => {
    const error: unknown = await lookOnce({ objects: secretOf(() => secret) }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      description: { class: 'unauthorized', message: expect.stringContaining('credentials') },
    });
    const chain: unknown[] = [];
    for (let link = error; link instanceof Error; link = link.cause)
      chain.push(String(link), link.stack, JSON.stringify(link));
    expect(chain.join()).not.toContain('TOPSECRET');
    expect(signers).toEqual([]);
  });
});

describe('region', () => {
  it('comes from the environment where the context has none', async () => {
    vi.stubEnv('AWS_REGION', 'cn-north-1');
    const provider = createAwsProvider({
      endpoint,
      objects: secretOf(() => ({ aws_access_key_id: 'AKIASECRET', aws_secret_access_key: 'x' })),
    });
    await look(provider, nodes, []);
    expect(new Set(signers)).toEqual(new Set(['AKIASECRET cn-north-1']));
  });

  it('comes from the instance where nothing else names one', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', endpoint);
    const provider = createAwsProvider({ endpoint });
    await look(provider, nodes, []);
    expect(new Set(signers)).toEqual(new Set(['ASIAINSTANCEROLE eu-south-1']));
  });

  it.each([
    ['us-gov-west-1', 'ec2.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'ec2.cn-north-1.amazonaws.com.cn'],
  ])('%s has the endpoint of its partition', async (region, hostname) => {
    const hostnames: string[] = [];
    const provider = createAwsProvider(
      { region },
      {
        createClient(configuration) {
          const client = new EC2Client({
            ...configuration,
            credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
          });
          client.middlewareStack.add(
            () =>
              async ({ request }) => {
                hostnames.push((request as { readonly hostname: string }).hostname);
                return { output: { $metadata: {} }, response: {} };
              },
            { step: 'deserialize', name: 'noNetwork', priority: 'high' },
          );
          return client;
        },
      },
    );
    await look(provider, nodes, []);
    expect(new Set(hostnames)).toEqual(new Set([hostname]));
  });
});

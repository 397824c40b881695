import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isForbidden, Reflector, ResourceClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { networkCrds } from '../crds/index.ts';
import { findEnvtestAssets, installCrds, startEnvtest, type Envtest } from './index.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

const operator = { token: 'operator', user: 'system:serviceaccount:egressip-ipam-operator:operator' };

describe('startEnvtest', unless(findEnvtestAssets() === undefined, noRealServer), () => {
  let envtest: Envtest;
  beforeAll(async () => {
    envtest = await startEnvtest({ audit: true, tokens: [operator] });
  });
  afterAll(async () => {
    await envtest.stop();
    expect(existsSync(envtest.folder)).toBe(false);
  });

  it('serves the administrator, holds others to RBAC, and records who asked what', async () => {
    const admin = envtest.client();
    const other = envtest.client(operator.token);
    await admin.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'one' } } });
    await expect(other.request('GET', '/api/v1/namespaces/one')).rejects.toSatisfy(isForbidden);
    const events = await envtest.auditEvents();
    expect(events).toContainEqual(
      expect.objectContaining({ user: 'admin', verb: 'create', resource: 'namespaces', name: 'one', code: 201 }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ user: operator.user, verb: 'get', resource: 'namespaces', name: 'one', code: 403 }),
    );
  });

  it('keeps objects, port and certificate over a restart', async () => {
    const client = envtest.client();
    await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'kept' } } });
    await envtest.kill();
    await expect(client.request('GET', '/readyz')).rejects.toThrow();
    await envtest.restart();
    await expect(client.request('GET', '/api/v1/namespaces/kept')).resolves.toMatchObject({
      metadata: { name: 'kept' },
    });
  });

  it('answers nothing while paused', async () => {
    const client = envtest.client();
    envtest.pause();
    await expect(client.request('GET', '/readyz', { deadline: 300 })).rejects.toThrow();
    envtest.resume();
    await expect(client.request('GET', '/readyz')).resolves.toBe('ok');
  });

  it('is set back to a backup, and who watches comes to see that', { timeout: 120_000 }, async () => {
    const client = envtest.client();
    const maps = new ResourceClient(client, {
      group: '',
      version: 'v1',
      plural: 'configmaps',
      kind: 'ConfigMap',
      namespaced: true,
    });
    const map = (name: string) => ({ metadata: { name, namespace: 'default' } });
    const reflector = new Reflector({
      client: maps,
      namespace: 'default',
      consistency: 'latest',
      longestSilence: 3_000,
      project: ({ data }) => ({ data }),
    });
    reflector.start();
    await maps.create({ ...map('kept'), data: { at: 'backup' } });
    const restore = await envtest.backUp();
    await maps.mergePatch(map('kept').metadata, { data: { at: 'end' } });
    for (let index = 0; index < 200; index++) await maps.create(map(`lost-${index}`));
    await vi.waitFor(() => expect(reflector.store.size).toBe(201), 10_000);
    await restore();
    await maps.create(map('new'));
    await vi.waitFor(
      () =>
        expect([...reflector.store.entries()]).toEqual([
          ['default/kept', { data: { at: 'backup' } }],
          ['default/new', { data: undefined }],
        ]),
      30_000,
    );
    await reflector.stop();
  });

  it('writes a kubeconfig', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    await envtest.writeKubeconfig(join(folder, 'config'), operator.token);
    expect(parse(await readFile(join(folder, 'config'), 'utf8'))).toMatchObject({
      clusters: [{ cluster: { server: envtest.url } }],
      users: [{ user: { token: 'operator' } }],
    });
    await rm(folder, { recursive: true });
  });

  it('installs definitions, also twice', async () => {
    const client = envtest.client();
    const crds = Object.values(networkCrds);
    expect(await installCrds(client, crds)).toContain('egressips.k8s.ovn.org');
    await installCrds(client, crds);
    const hostSubnets = new ResourceClient(client, {
      group: 'network.openshift.io',
      version: 'v1',
      plural: 'hostsubnets',
      kind: 'HostSubnet',
      namespaced: false,
    });
    expect((await hostSubnets.list()).items).toEqual([]);
  });
});

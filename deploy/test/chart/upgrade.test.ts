import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ResourceClient, watch, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import { findEnvtestAssets, installCrds, startEnvtest, type Envtest, type StandIn } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, namespaces, nodes } from '../../../packages/operator/test/integration/support/resources.ts';
import {
  spawnOperator,
  type OperatorProcess,
} from '../../../packages/operator/test/integration/support/operator-process.ts';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';
import { chartFolder, deployPath, releaseName, root } from '../../src/paths.ts';
import { runHelm } from '../../src/render/helm-template.ts';
import { helms, noHelm } from '../support/helms.ts';
import { nextChart } from '../support/next-chart.ts';
import { openshiftSdn } from '../support/upgraded/openshift-sdn.ts';
import { ovnKubernetes } from '../support/upgraded/ovn-kubernetes.ts';
import type { Left, Traffic, UpgradedNode } from '../support/upgraded/upgraded-network.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const poll = { timeout: 60_000, interval: 200 };

/** What the original gave. */
const left: Left = {
  shop: [
    ['10.0.0.7', 'a2'],
    ['10.0.1.9', 'b1'],
  ],
  billing: [
    ['10.0.0.3', 'a1'],
    ['10.0.1.2', 'b2'],
  ],
};
const addressesOf = (name: string): readonly string[] => (left[name] ?? []).map(([address]) => address);
/** Two zones; the last node of the first has nothing yet. */
const upgradedNodes: readonly UpgradedNode[] = ['a1', 'a2', 'b1', 'b2', 'a3'].map((name, index) => ({
  name,
  network: name.startsWith('a') ? '10.0.0' : '10.0.1',
  octet: 101 + index,
}));

/** What the page on migration says to install with, where the original was. */
const [, takeOver = '', forHelm4 = ''] =
  /--create-namespace (--\S+) +# Helm 4: also (--\S+)$/m.exec(readFileSync(join(root, 'docs/migration.md'), 'utf8')) ??
  [];

describe.each(helms.flatMap((helm) => [openshiftSdn, ovnKubernetes].map((network) => ({ ...helm, network }))))(
  'with $name on $network.name, from the original to the next version but one',
  unless(
    findEnvtestAssets() === undefined || helms.some(({ helm }) => helm === ''),
    findEnvtestAssets() === undefined ? noRealServer : noHelm,
  ),
  ({ name: major, helm: program, network }) => {
    let folder: string;
    let server: Envtest;
    let rest: RestClient;
    let networkRest: RestClient;
    let kubeconfig: string;
    let standIn: StandIn;
    const processes: OperatorProcess[] = [];
    const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
      server = await startEnvtest({ tokens: network.user === undefined ? [] : [network.user] });
      rest = server.client();
      kubeconfig = join(folder, 'kubeconfig');
      await server.writeKubeconfig(kubeconfig);
      const original = join(root, 'packages/operator/test/deploy/original-crd.yaml');
      await installCrds(rest, [original, ...network.definitions]);
      for (const [path, body] of network.policies ?? []) await rest.request('POST', path, { body });
      networkRest = server.client(network.user?.token);
      standIn = await network.start(networkRest);
    }, 120_000);
    afterAll(async () => {
      for (const { child, ended } of processes) {
        child.kill('SIGKILL');
        await ended;
      }
      await standIn?.stop();
      networkRest?.close();
      rest?.close();
      await server?.stop();
      rmSync(folder, { recursive: true });
    });

    it('no address moves or is away for a moment', { timeout: 240_000 }, async () => {
      await leaveBehind();
      const seen = await observe();
      for (const name of Object.keys(left))
        await expect.poll(() => addressesIn(seen.traffic()[name]), poll).toEqual(addressesOf(name));
      const before = seen.begin();

      // Who applies on the server is told whom the fields of the original's definition belong to; Helm 3 does not.
      const conflicts = major === 'helm4' ? [forHelm4] : [];
      helm('upgrade', '--install', releaseName, deployPath(chartFolder), takeOver, ...conflicts);
      await startOperator();
      await serves('after-the-original', seen.traffic);

      helm('upgrade', releaseName, nextChart(folder));
      await startOperator();
      await client(egressIPAMs).mergePatch({ name: 'pool' }, { spec: { fieldOfTheNextVersion: 'x' } });
      await serves('after-the-next', seen.traffic);

      await seen.stop();
      expect(seen.count()).toBeGreaterThan(0);
      expect(seen.moments).toEqual([before]);
      for (const name of Object.keys(left))
        expect((await client(namespaces).get({ name })).metadata.annotations?.[`${prefix}/egressips`]).toBe(
          addressesOf(name).join(','),
        );
    });

    function helm(...args: readonly string[]): void {
      runHelm(program, [...args, '--namespace', releaseName, '--kubeconfig', kubeconfig]);
    }

    /** Ends the operator as an upgrade does, where there is one, and starts it. */
    async function startOperator(): Promise<void> {
      const last = processes.at(-1);
      last?.child.kill('SIGTERM');
      await last?.ended;
      processes.push(spawnOperator(kubeconfig, '--namespace', releaseName, '--leader-elect'));
    }

    /** A new namespace has its addresses, and the pool is well: the operator is at work. */
    async function serves(name: string, traffic: () => Traffic): Promise<void> {
      await client(namespaces).create({ metadata: { name, annotations: { [`${prefix}/egressipam`]: 'pool' } } });
      await expect.poll(() => traffic()[name] ?? [], poll).toHaveLength(2);
      await expect.poll(async () => isReady(await client(egressIPAMs).get({ name: 'pool' })), poll).toBe(true);
    }

    /** The cluster as the original has it, which runs no more. */
    async function leaveBehind(): Promise<void> {
      await client(namespaces).create({ metadata: { name: releaseName } });
      for (const node of upgradedNodes) {
        const { name, octet } = node;
        await client(nodes).create({
          metadata: { name, labels: { zone: name.slice(0, 1) }, annotations: network.nodeAnnotations(node) },
        });
        const addresses = [{ type: 'InternalIP', address: `${node.network}.${octet}` }];
        const conditions = [{ type: 'Ready', status: 'True' }];
        await client(nodes).mergePatch({ name }, { status: { addresses, conditions } }, { subresource: 'status' });
      }
      for (const name of Object.keys(left)) {
        const annotations = { [`${prefix}/egressipam`]: 'pool', [`${prefix}/egressips`]: addressesOf(name).join(',') };
        await client(namespaces).create({ metadata: { name, annotations } });
      }
      await network.leaveBehind(client, left, upgradedNodes);
      await client(egressIPAMs).create({
        metadata: { name: 'pool', finalizers: ['EgressIPAM_controller'] },
        spec: {
          topologyLabel: 'zone',
          cidrAssignments: [
            { labelValue: 'a', CIDR: '10.0.0.0/28' },
            { labelValue: 'b', CIDR: '10.0.1.0/28' },
          ],
        },
      });
    }

    /** Follows how the traffic of the original's namespaces leaves, at every change of an object that decides it. */
    async function observe(): Promise<{
      readonly moments: readonly Traffic[];
      /** How the traffic of every namespace leaves now. */
      traffic(): Traffic;
      /** From now on moments are kept; tells the first. */
      begin(): Traffic;
      count(): number;
      stop(): Promise<void>;
    }> {
      const objects = new Map<Resource, Map<string, KubernetesObject>>();
      const traffic = (): Traffic => network.traffic((resource) => [...(objects.get(resource)?.values() ?? [])]);
      const moments: Traffic[] = [];
      let changes = 0;
      const look = (): Traffic => {
        const now = traffic();
        const ofLeft = Object.fromEntries(Object.keys(left).map((name) => [name, now[name] ?? []]));
        if (!isDeepStrictEqual(moments.at(-1), ofLeft)) moments.push(ofLeft);
        return ofLeft;
      };
      const stopping = new AbortController();
      const following: Promise<void>[] = [];
      for (const resource of network.carriers) {
        const { items, resourceVersion } = await client(resource).list();
        const known = new Map(items.map((object) => [object.metadata.name, object]));
        objects.set(resource, known);
        const options = { resourceVersion, timeoutSeconds: 600, signal: stopping.signal };
        const run = async (): Promise<void> => {
          for await (const event of watch(client(resource), options)) {
            if (event.type === 'deleted') known.delete(event.object.metadata.name);
            else if (event.type === 'added' || event.type === 'modified')
              known.set(event.object.metadata.name, event.object);
            else continue;
            changes += 1;
            look();
          }
        };
        following.push(
          run().catch((error: unknown) => {
            if (!stopping.signal.aborted) throw error;
          }),
        );
      }
      return {
        moments,
        traffic,
        begin: () => {
          moments.length = 0;
          changes = 0;
          return look();
        },
        count: () => changes,
        stop: async () => {
          stopping.abort();
          await Promise.all(following);
        },
      };
    }
  },
);

/** The addresses among `ADDRESS@NODE`. */
function addressesIn(via: readonly string[] = []): readonly string[] {
  return via.map((text) => text.slice(0, text.indexOf('@')));
}

function isReady({ status }: KubernetesObject): boolean {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

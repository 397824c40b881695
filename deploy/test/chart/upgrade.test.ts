import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ResourceClient, watch, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import {
  findEnvtestAssets,
  installCrds,
  networkCrds,
  readHostSubnet,
  readNetNamespace,
  sdnTraffic,
  startEnvtest,
  startSdnMaster,
  type Envtest,
  type HostSubnet,
  type NetNamespace,
  type SdnTraffic,
} from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  egressIPAMs,
  hostSubnets,
  namespaces,
  netNamespaces,
  nodes,
} from '../../../packages/operator/test/integration/support/resources.ts';
import {
  spawnOperator,
  type OperatorProcess,
} from '../../../packages/operator/test/integration/support/operator-process.ts';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';
import { chartFolder, deployPath, releaseName, root } from '../../src/paths.ts';
import { runHelm } from '../../src/render/helm-template.ts';
import { helms, noHelm } from '../support/helms.ts';
import { nextChart } from '../support/next-chart.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const poll = { timeout: 60_000, interval: 200 };

/** What the original gave, as it leaves it behind: by namespace, an address of each zone and the node that has it. */
const left: Readonly<Record<string, readonly (readonly [address: string, node: string])[]>> = {
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

describe.each(helms)(
  'with $name, from the original to the next version but one',
  unless(
    findEnvtestAssets() === undefined || helms.some(({ helm }) => helm === ''),
    findEnvtestAssets() === undefined ? noRealServer : noHelm,
  ),
  ({ name: major, helm: program }) => {
    let folder: string;
    let server: Envtest;
    let rest: RestClient;
    let kubeconfig: string;
    let master: { stop(): Promise<void> };
    const processes: OperatorProcess[] = [];
    const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
      server = await startEnvtest();
      rest = server.client();
      kubeconfig = join(folder, 'kubeconfig');
      await server.writeKubeconfig(kubeconfig);
      await installCrds(rest, [
        join(root, 'packages/operator/test/deploy/original-crd.yaml'),
        networkCrds.hostsubnets,
        networkCrds.netnamespaces,
      ]);
      master = await startSdnMaster({ rest });
    }, 120_000);
    afterAll(async () => {
      for (const { child, ended } of processes) {
        child.kill('SIGKILL');
        await ended;
      }
      await master?.stop();
      rest?.close();
      await server?.stop();
      rmSync(folder, { recursive: true });
    });

    it('no address moves or is away for a moment', { timeout: 240_000 }, async () => {
      await leaveBehind();
      const seen = await observe();
      const before = seen.traffic();
      expect(Object.keys(before).sort()).toEqual(Object.keys(left).sort());
      expect(Object.values(before)).not.toContainEqual(expect.objectContaining({ kind: 'dropped' }));

      // Who applies on the server is told whom the fields of the original's definition belong to; Helm 3 does not.
      const conflicts = major === 'helm4' ? ['--force-conflicts'] : [];
      helm('upgrade', '--install', releaseName, deployPath(chartFolder), '--take-ownership', ...conflicts);
      await startOperator();
      await serves('after-the-original');

      helm('upgrade', releaseName, nextChart(folder));
      await startOperator();
      await client(egressIPAMs).mergePatch({ name: 'pool' }, { spec: { fieldOfTheNextVersion: 'x' } });
      await serves('after-the-next');

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
    async function serves(name: string): Promise<void> {
      await client(namespaces).create({ metadata: { name, annotations: { [`${prefix}/egressipam`]: 'pool' } } });
      const bound = async (): Promise<number> =>
        readNetNamespace(await client(netNamespaces).get({ name })).egressIPs.length;
      await expect.poll(() => bound().catch(() => 0), poll).toBe(2);
      await expect.poll(async () => isReady(await client(egressIPAMs).get({ name: 'pool' })), poll).toBe(true);
    }

    /** The cluster as the original has it, which runs no more. */
    async function leaveBehind(): Promise<void> {
      await client(namespaces).create({ metadata: { name: releaseName } });
      for (const [index, name] of ['a1', 'a2', 'b1', 'b2'].entries()) {
        const address = `192.168.0.${index + 1}`;
        await client(nodes).create({ metadata: { name, labels: { zone: name.slice(0, 1) } } });
        await client(nodes).mergePatch(
          { name },
          { status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] } },
          { subresource: 'status' },
        );
      }
      for (const name of Object.keys(left)) {
        const annotations = { [`${prefix}/egressipam`]: 'pool', [`${prefix}/egressips`]: addressesOf(name).join(',') };
        await client(namespaces).create({ metadata: { name, annotations } });
      }
      await expect.poll(async () => (await client(hostSubnets).list()).items.length, poll).toBe(4);
      for (const name of Object.keys(left)) {
        await expect
          .poll(
            () =>
              client(netNamespaces)
                .get({ name })
                .catch(() => undefined),
            poll,
          )
          .toBeDefined();
        await client(netNamespaces).mergePatch({ name }, { egressIPs: addressesOf(name) });
      }
      for (const node of ['a1', 'a2', 'b1', 'b2']) {
        const egressIPs = Object.values(left).flatMap((pairs) =>
          pairs.filter(([, at]) => at === node).map(([ip]) => ip),
        );
        await client(hostSubnets).mergePatch({ name: node }, { egressIPs });
      }
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
      traffic(): Traffic;
      count(): number;
      stop(): Promise<void>;
    }> {
      const hosts = new Map<string, HostSubnet>();
      const claims = new Map<string, NetNamespace>();
      const traffic = (): Traffic =>
        Object.fromEntries(
          [...sdnTraffic([...hosts.values()], [...claims.values()], new Set())].filter(([name]) => name in left),
        );
      const moments: Traffic[] = [];
      let changes = 0;
      const stopping = new AbortController();
      const following: Promise<void>[] = [];
      const follow = async (resource: Resource, put: (object: KubernetesObject) => void): Promise<void> => {
        const { items, resourceVersion } = await client(resource).list();
        for (const object of items) put(object);
        const options = { resourceVersion, timeoutSeconds: 600, signal: stopping.signal };
        const run = async (): Promise<void> => {
          for await (const event of watch(client(resource), options)) {
            if (event.type !== 'added' && event.type !== 'modified') continue;
            put(event.object);
            changes += 1;
            const now = traffic();
            if (!isDeepStrictEqual(moments.at(-1), now)) moments.push(now);
          }
        };
        following.push(
          run().catch((error: unknown) => {
            if (!stopping.signal.aborted) throw error;
          }),
        );
      };
      await follow(hostSubnets, (object) => void hosts.set(object.metadata.name, readHostSubnet(object)));
      await follow(netNamespaces, (object) => void claims.set(object.metadata.name, readNetNamespace(object)));
      moments.push(traffic());
      return {
        moments,
        traffic,
        count: () => changes,
        stop: async () => {
          stopping.abort();
          await Promise.all(following);
        },
      };
    }
  },
);

type Traffic = Readonly<Record<string, SdnTraffic>>;

function isReady({ status }: KubernetesObject): boolean {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

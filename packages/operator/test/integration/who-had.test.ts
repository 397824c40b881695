import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { blocksOf } from '../../../../tools/docs/code-blocks.ts';
import { startOvnCluster } from './ovn/ovn-cluster.ts';
import { SdnCluster } from './sdn/sdn-cluster.ts';
import { egressIPs, netNamespaces } from './support/resources.ts';
import { bothServers } from './support/start-server.ts';

const address = '10.0.0.70';
const poll = { timeout: 60_000, interval: 200 };
const wanted = { egressipam: 'pool', egressips: address };
const commands = blocksOf('docs/how-to/who-had-an-address.md').map(({ text }) => text);
const command = {
  text: commands.find((text) => text.startsWith('awk')),
  json: commands.find((text) => text.startsWith('jq')),
};

const hasJq = spawnSync('jq', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'who-had-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the history needs of a cluster. */
interface Stage {
  readonly logged: readonly string[];
  addNamespace(name: string, annotations: Readonly<Record<string, string>>): Promise<unknown>;
  annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<unknown>;
  removeNamespace(name: string): Promise<void>;
  setReady(node: string, isReady: boolean): Promise<unknown>;
  run(options: { readonly logFormat: 'text' | 'json' }): void;
  stopOperator(): Promise<number>;
  /** `NAMESPACE on NODE`, or `nobody`, by the network's objects. */
  holder(): Promise<string>;
}

/** What the page's commands say of a log: `NAMESPACE on NODE`, or `nobody`. */
function ask(logged: readonly string[], format: 'text' | 'json', at: string): string {
  const script = (command[format] ?? '').replaceAll('10.0.0.17', address).replaceAll('2026-07-28T14:05', at);
  writeFileSync(join(folder, 'egressip.log'), logged.join(''));
  const answer = execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' }).trim();
  if (answer === 'nobody had it') return 'nobody';
  const keys =
    format === 'json'
      ? (JSON.parse(answer) as Readonly<Record<string, unknown>>)
      : Object.fromEntries(
          [...answer.matchAll(/ (\w+)=(\S+|"[^"]*")/g)].map(([, key = '', value = '']) => [key, parse(value)]),
        );
  const { namespace, addresses, nodes, node, to } = keys as {
    readonly namespace: string;
    readonly addresses?: readonly string[];
    readonly nodes?: readonly string[];
    readonly node?: string;
    readonly to?: string;
  };
  if (addresses !== undefined && nodes === undefined) return 'nobody';
  return `${namespace} on ${nodes?.[addresses?.indexOf(address) ?? -1] ?? node ?? to ?? 'no node'}`;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** One address through many hands; each moment at which it had come to rest, and who had it then. */
async function history(stage: Stage, format: 'text' | 'json'): Promise<void> {
  const moments: { readonly at: string; readonly holder: string }[] = [];
  const rest = async (holder: RegExp): Promise<void> => {
    await expect.poll(() => stage.holder(), poll).toMatch(holder);
    const held = await stage.holder();
    await expect
      .poll(() => ask(stage.logged, format, new Date().toISOString()), { timeout: 15_000, interval: 200 })
      .toBe(held);
    moments.push({ at: new Date().toISOString(), holder: held });
  };
  const nodeOf = async (): Promise<string> => (await stage.holder()).split(' on ')[1] ?? '';
  stage.run({ logFormat: format });
  await rest(/^nobody$/);
  await stage.addNamespace('shop', wanted);
  await rest(/^shop on a/);
  const first = await nodeOf();
  await stage.setReady(first, false);
  await rest(new RegExp(`^shop on (?!${first}$)`));
  await stage.setReady(first, true);
  await stage.annotate('shop', { egressips: '10.0.0.80' });
  await rest(/^nobody$/);
  await stage.addNamespace('bank', wanted);
  await rest(/^bank on a/);
  await stage.annotate('bank', { egressipam: null });
  await stage.addNamespace('cafe', wanted);
  await rest(/^cafe on a/);
  await stage.removeNamespace('cafe');
  await stage.addNamespace('office', wanted);
  await rest(/^office on a/);
  // What happens while nobody watches is in nobody's log.
  await stage.stopOperator();
  const second = await nodeOf();
  await stage.setReady(second, false);
  await stage.addNamespace('waits', wanted);
  stage.run({ logFormat: format });
  await rest(new RegExp(`^office on (?!${second}$)`));
  await stage.stopOperator();
  await stage.removeNamespace('office');
  stage.run({ logFormat: format });
  await rest(/^waits on a/);
  await stage.annotate('waits', { egressipam: null });
  await rest(/^nobody$/);
  expect(moments.map(({ at }) => ask(stage.logged, format, at))).toEqual(moments.map(({ holder }) => holder));
}

describe.each(bothServers)(
  'the log alone tells who had an address when, by the commands of its page, on %s',
  (server) => {
    const stops: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    });

    it('on OpenShift SDN, in text', async () => {
      const cluster = await SdnCluster.start(server);
      stops.push(() => cluster.stop());
      for (const number of [1, 2, 3]) await cluster.addNode(`a${number}`, 'a', `10.0.9.${number}`);
      await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
      const holder = async (): Promise<string> => {
        const bound = (await cluster.client(netNamespaces).list()).items.filter((item) =>
          (item['egressIPs'] as readonly string[] | undefined)?.includes(address),
        );
        return bound.length === 0
          ? 'nobody'
          : `${bound.map(({ metadata }) => metadata.name).join()} on ${await cluster.nodeOf(address)}`;
      };
      await history(Object.assign(cluster, { holder }), 'text');
    }, 240_000);

    it(`on OVN-Kubernetes, in ${hasJq ? 'JSON' : 'text, as jq is not there'}`, async () => {
      const cluster = await startOvnCluster(server);
      stops.push(() => cluster.stop());
      for (const number of [1, 2, 3]) await cluster.addNode(`a${number}`, 'a', [`10.0.0.${number}/24`]);
      await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
      const holder = async (): Promise<string> => {
        const items = (await cluster.client(egressIPs).list()).items as unknown as readonly {
          readonly metadata: { readonly name: string };
          readonly status?: { readonly items?: readonly { readonly egressIP: string; readonly node: string }[] };
        }[];
        const found = items.flatMap(({ metadata, status }) =>
          (status?.items ?? [])
            .filter(({ egressIP }) => egressIP === address)
            .map(({ node }) => `${metadata.name.slice('egressip-'.length)} on ${node}`),
        );
        return found.join(', ') || 'nobody';
      };
      await history({ ...cluster, holder }, hasJq ? 'json' : 'text');
    }, 240_000);
  },
);

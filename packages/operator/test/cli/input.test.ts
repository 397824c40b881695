import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocuments } from '../../src/input/read-documents.ts';
import { splitJson } from '../../src/input/json-texts.ts';
import { runCli } from './run-cli.ts';

const namespace = (name: string, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
const list = (...items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'egressip-ipam-input-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const namesIn = async (...paths: readonly string[]): Promise<readonly unknown[]> =>
  (await readDocuments(paths, () => Promise.resolve(''))).objects.map(
    ({ object }) => (object as { metadata: { name: string } }).metadata.name,
  );

/** Does something without the rights of root, for whom there is nothing that may not be read. */
async function asNobody<Value>(run: () => Promise<Value>): Promise<Value> {
  const isRoot = process.geteuid?.() === 0;
  if (!isRoot) return run();
  chmodSync(folder, 0o755);
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

/** Milliseconds that one reading takes, for ratios alone. */
async function timeOf(input: string): Promise<number> {
  const start = performance.now();
  await runCli(['plan', '-'], { input });
  return performance.now() - start;
}

describe('encodings', () => {
  const text = list(namespace('shop-äöü'));
  const utf16 = (order: 'le' | 'be', mark: boolean): Uint8Array => {
    const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  };
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, as PowerShell writes it', utf16('le', true)],
    ['UTF-16, the other way round', utf16('be', true)],
    ['UTF-16 without a mark', utf16('le', false)],
    ['UTF-16 without a mark, the other way round', utf16('be', false)],
  ])('%s is read', async (name, bytes) => {
    expect(await namesIn(file(`${name}.json`, bytes))).toEqual(['shop-äöü']);
  });
});

describe('what cannot be read at all ends with 1, and is named', () => {
  it.each<readonly [string, string | Uint8Array, string]>([
    ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0xff]), 'it is binary'],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0]), 'it is compressed (gzip)'],
    ['Latin-1', Buffer.from('kind: Namespace # \xe4\n', 'latin1'), 'not UTF-8'],
    ['a NUL in the text', 'kind: Namespace\nmetadata:\n  name: a\0b\n', 'a NUL character in line 3'],
    ['JSON that is cut off', list(namespace('a'), namespace('b')).slice(0, -20), 'ends in the middle'],
    ['JSON that is cut off in a text', '{"kind": "Namespa', 'ends in the middle'],
    ['a second JSON text that is cut off', `${list(namespace('a'))}\n{"kind": "Li`, 'ends in the middle'],
    ['JSON with something between', `${list(namespace('a')).slice(0, -1)}, oops}`, 'this is no JSON'],
    ['an error page', '<html><body>502 Bad Gateway</body></html>', 'a Kubernetes object with a kind is expected'],
    ['nothing', '', 'there is nothing in it'],
    ['a remark', '# nothing\n---\n', 'there is nothing in it'],
  ])('%s', async (name, content, message) => {
    const path = file(`${name}.json`, content);
    const { code, error, out } = await runCli(['plan', path]);
    expect(error).toContain(message);
    expect(error).toContain(path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('more than a text can hold', async () => {
    const path = file('large.json', '');
    truncateSync(path, 600 * 2 ** 20);
    expect(await runCli(['plan', path])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/large\.json:1: it has 600 MB, and more than 5\d\d MB cannot be read at once/),
    });
  });

  it('a named pipe, at which it would wait for ever', async () => {
    const path = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [path]);
    expect(await runCli(['plan', path])).toMatchObject({
      code: 1,
      error: expect.stringContaining('it is a named pipe (FIFO), not a file'),
    });
    rmSync(path);
  });
});

describe('folders', () => {
  it('are read with all that is below them, as must-gather writes them', async () => {
    const root = join(folder, 'must-gather');
    file('must-gather/a/core/nodes/n1.yaml', 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n');
    file('must-gather/a/namespaces/shop/shop.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    file('must-gather/version', 'not read');
    symlinkSync(root, join(root, 'a/round-and-round'));
    expect(await namesIn(root)).toEqual(['n1', 'shop']);
  });

  it('go on past pipes, broken links and files that are no text, and name them', async () => {
    file('mixed/fine.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: fine}\n');
    file('mixed/binary.yaml', Buffer.from([0, 1, 2, 0xff]));
    execFileSync('mkfifo', [join(folder, 'mixed/pipe.yaml')]);
    symlinkSync('nowhere', join(folder, 'mixed/link.json'));
    const { code, error } = await runCli(['plan', join(folder, 'mixed')]);
    expect(code).toBe(2);
    expect(error).toContain('pipe.yaml:1: passed over: it is a named pipe (FIFO)');
    expect(error).toContain('link.json:1: passed over: it is a link to nothing');
    expect(error).toContain('binary.yaml:1: it is binary');
  });

  it('are read whatever the case of endings, and what is compressed in them is named', async () => {
    const object = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: fine}\n';
    file('packed/FROM-WINDOWS.YAML', object);
    file('packed/audit.log.gz', gzipSync('not objects'));
    file('packed/below/more.yaml.gz', gzipSync(object));
    expect(await namesIn(join(folder, 'packed'))).toEqual(['fine']);
    const { code, error } = await runCli(['check', join(folder, 'packed')]);
    expect([code, error]).toEqual([
      2,
      expect.stringMatching(/^\S+more\.yaml\.gz:1: passed over: it is compressed.*\n$/),
    ]);
    expect(await runCli(['plan', join(folder, 'packed/below')])).toMatchObject({
      code: 1,
      error: expect.stringContaining('more.yaml.gz: passed over: it is compressed'),
    });
  });

  it('go on past what may not be read, and name it', async () => {
    file('guarded/fine.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: fine}\n');
    chmodSync(file('guarded/mine.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: mine}\n'), 0);
    mkdirSync(join(folder, 'guarded/secrets'), { mode: 0 });
    const { code, error } = await asNobody(() => runCli(['check', join(folder, 'guarded')]));
    expect(code).toBe(2);
    expect(error).toContain('mine.yaml:1: it cannot be read');
    expect(error).toContain('secrets:1: it cannot be read');
    expect(await asNobody(() => runCli(['check', join(folder, 'guarded/secrets')]))).toMatchObject({
      code: 1,
      error: expect.stringContaining('secrets: it cannot be read'),
    });
  });
});

describe('what looks right and is not', () => {
  it('names objects of a kind that is read, under an apiVersion that is not; older ones of OpenShift are read', async () => {
    const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {zone: a}}\n';
    const hostSubnet = (apiVersion: string): string =>
      `${node}---\napiVersion: ${apiVersion}\nkind: HostSubnet\nmetadata: {name: n1}\nhost: n1\nhostIP: 10.0.0.5\n`;
    const said = async (apiVersion: string): Promise<string> => {
      const path = file('versions.yaml', hostSubnet(apiVersion));
      return (await runCli(['plan', path, '--network', 'openshift-sdn'])).error;
    };
    expect(await said('network.openshfit.io/v1')).toContain(
      '1 object of kind HostSubnet of network.openshfit.io/v1 is left out: that kind is read of another apiVersion',
    );
    expect(await said('v1')).not.toContain('left out');
  });

  it('says keys that stand twice, in JSON and in YAML', async () => {
    const json = '{"apiVersion": "v1", "kind": "Namespace",\n "metadata": {"name": "a",\n "name": "b"}}';
    expect(await runCli(['plan', '-'], { input: json })).toMatchObject({
      code: 2,
      error: 'standard input:3: the key "name" stands twice in one object; the last one counts\n',
    });
    const yaml = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  name: b\n';
    expect(await runCli(['plan', '-'], { input: yaml })).toMatchObject({
      code: 2,
      error: 'standard input:5: the key "name" stands twice in one map; the last one counts\n',
    });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'takes kind %s for one that it does not know',
    async (kind) => {
      for (const apiVersion of ['v1', undefined])
        expect(
          await runCli(['plan', '-'], {
            input: JSON.stringify([namespace('a'), { apiVersion, kind, metadata: { name: 'x' } }]),
          }),
        ).toMatchObject({ code: 0, error: '' });
    },
  );

  it('tells one problem ten times, and then how often', async () => {
    const items = Array.from({ length: 500 }, (_, index) => namespace(`n${index}`, { app: index }));
    const { error } = await runCli(['plan', '-'], { input: list(...items) });
    const lines = error.trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('… and 490 more times: Namespace: metadata.labels.app: expected a string, got …');
  });
});

describe('the work grows with the text, and no faster', () => {
  it('splits what stands one behind the other', () => {
    const text = `{"a": "}]\\"{"}\n[1,\n2]{"b": [{}]}`;
    expect(splitJson(text).texts).toEqual([
      { text: '{"a": "}]\\"{"}', line: 1 },
      { text: '[1,\n2]', line: 2 },
      { text: '{"b": [{}]}', line: 3 },
    ]);
  });

  // What is quadratic takes a hundred times as long for ten times the text; a machine that is busy, perhaps three
  // times.
  it.each<readonly [string, (size: number) => string]>([
    ['quotes that do not end', (size) => `{"a": ${'"\\'.repeat(size)}`],
    ['an open text behind many whole ones', (size) => `${'{"a":1}\n'.repeat(size)}{"b`],
    [
      'many objects on lines of their own',
      (size) => `${JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1' })}\n`.repeat(size),
    ],
    ['brackets that do not end', (size) => '[{"a":'.repeat(size)],
  ])('%s', async (_what, make) => {
    await timeOf(make(500));
    const [small, large] = [await timeOf(make(5_000)), await timeOf(make(50_000))];
    expect(large / Math.max(small, 20)).toBeLessThan(40);
  });

  it.each<readonly [string, string, string]>([
    ['brackets nested in brackets', '{a: '.repeat(300), 'nested more than 64 deep'],
    [
      'anchors without an end',
      Array.from({ length: 2000 }, (_, index) => `- &a${index} x`).join('\n'),
      'anchors and aliases',
    ],
    ['aliases without an end', `a: &a x\nb:\n${'- *a\n'.repeat(2000)}`, 'anchors and aliases'],
  ])('refuses %s before they are parsed', async (_what, input, message) => {
    expect(await runCli(['plan', '-'], { input })).toMatchObject({ code: 1, error: expect.stringContaining(message) });
  });

  it('takes asterisks and ampersands in texts for what they are', async () => {
    const input = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  annotations:\n    readme: |\n${'      * one & two\n'.repeat(300)}`;
    expect(await runCli(['plan', '-'], { input })).toMatchObject({ code: 0, error: '' });
  });
});

describe('what lies inside the cluster', () => {
  const claim = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' } },
  };
  const pool = (CIDR: string): object => ({
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'EgressIPAM',
    metadata: { name: 'pool' },
    spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR, labelValue: 'a' }] },
  });
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', labels: { zone: 'a' } },
    spec: { podCIDRs: ['10.20.0.0/24'] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const network = {
    apiVersion: 'config.openshift.io/v1',
    kind: 'Network',
    metadata: { name: 'cluster' },
    spec: { clusterNetwork: [{ cidr: '10.128.0.0/14' }], serviceNetwork: ['172.30.0.0/16'] },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'web', name: 'front' },
    spec: { type: 'ClusterIP', externalIPs: ['10.0.0.1'] },
  };
  const planOf = async (
    ...objects: readonly object[]
  ): Promise<{
    readonly allocations: readonly { readonly egressIPs: readonly { readonly address: string }[] }[];
    readonly findings: readonly { readonly code: string; readonly message: string }[];
  }> => JSON.parse((await runCli(['plan', '-', '-o', 'json'], { input: list(claim, node, ...objects) })).out) as never;

  it.each([
    ['10.129.0.0/24', '10.128.0.0/14, a network inside the cluster'],
    ['172.30.5.0/28', '172.30.0.0/16, a network inside the cluster'],
    ['10.20.0.0/28', '10.20.0.0/24, the pods of node n1'],
  ])('refuses a pool of %s: it meets %s', async (CIDR, met) => {
    const { findings } = await planOf(pool(CIDR), network);
    expect(findings.find(({ code }) => code === 'MeetsClusterNetwork')?.message).toContain(met);
  });

  it('refuses a pool that meets what Kubernetes says of Services, of either family', async () => {
    const ofServices = (name: string, ...cidrs: readonly string[]): object => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name },
      spec: { cidrs },
    });
    const services = [ofServices('kubernetes', '10.96.0.0/12', 'fd00:10:96::/112'), ofServices('more', '10.0.0.0/28')];
    for (const [CIDR, met] of [
      ['10.97.0.0/24', '10.96.0.0/12'],
      ['fd00:10:96::40/124', 'fd00:10:96::/112'],
      ['10.0.0.0/24', '10.0.0.0/28'],
    ]) {
      const { findings } = await planOf(pool(CIDR ?? ''), network, ...services);
      expect(findings.find(({ code }) => code === 'MeetsClusterNetwork')?.message).toContain(met);
    }
  });

  it("refuses a pool that meets what OpenShift's operator is told of OVN-Kubernetes", async () => {
    const ofOperator = {
      apiVersion: 'operator.openshift.io/v1',
      kind: 'Network',
      metadata: { name: 'cluster' },
      spec: { defaultNetwork: { ovnKubernetesConfig: { ipv4: { internalJoinSubnet: '100.99.0.0/16' } } } },
    };
    const { findings } = await planOf(pool('100.99.8.0/28'), network, ofOperator);
    expect(findings.find(({ code }) => code === 'MeetsClusterNetwork')?.message).toContain('100.99.0.0/16');
  });

  it('gives out no address that a Service answers for', async () => {
    const given = async (...objects: readonly object[]): Promise<string> =>
      JSON.stringify((await planOf(pool('10.0.0.0/28'), network, ...objects)).allocations);
    expect(await given()).toContain('"10.0.0.1"');
    expect(await given(service)).not.toContain('"10.0.0.1"');
  });
});

describe('more than a call has room for', () => {
  it('is read: a List of three hundred thousand', async () => {
    const items = Array.from({ length: 300_000 }, (_, index) => ({
      kind: 'Namespace',
      metadata: { name: `n${index}` },
    }));
    for (const value of [items, { kind: 'List', items }])
      expect(await namesIn(file('many.json', JSON.stringify(value)))).toHaveLength(300_000);
  });

  it('of problems of one object is counted', async () => {
    const labels = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`label-${index}`, index]));
    const { code, out } = await runCli(['plan', '-', '-o', 'json'], { input: list(namespace('shop', labels)) });
    expect([code, out.length < 50_000]).toEqual([2, true]);
    expect(out).toContain('there are 299900 more problems in it');
  });

  it.each([
    ['indented lists', `kind: Namespace\nmetadata:\n  ${'- '.repeat(20_000)}x\n`],
    ['keys of keys', `${'? '.repeat(20_000)}x\n`],
    ['indented maps', Array.from({ length: 3_000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
  ])('of nesting is named: %s', async (_name, input) => {
    const { code, error } = await runCli(['plan', '-'], { input });
    expect([code, error]).toEqual([1, expect.stringContaining('it is nested deeper than can be read')]);
  });
});

describe('a text that means something else than it shows', () => {
  it('with an alias inside of what it names is refused, and the documents beside it count', async () => {
    const input = '&a\nkind: Namespace\nmetadata: {name: x, labels: *a}\n---\nkind: Namespace\nmetadata: {name: y}\n';
    const { code, out } = await runCli(['plan', '-', '-o', 'json'], { input });
    expect([code, out]).toEqual([2, expect.stringContaining('an alias (*) stands inside of what it names')]);
  });

  it('with a key that stands twice, once with an escape, is told of', async () => {
    const { out } = await runCli(['plan', '-', '-o', 'json'], {
      input: '{"apiVersion":"v1","kind":"Namespace","\\u006bind":"Node","metadata":{"name":"x"}}',
    });
    expect(out).toContain('stands twice in one object');
  });
});

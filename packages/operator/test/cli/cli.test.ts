import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { runCli } from './run-cli.ts';

const zone = 'topology.kubernetes.io/zone';
const pool = {
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'EgressIPAM',
  metadata: { name: 'pool', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    topologyLabel: zone,
    cidrAssignments: [
      { CIDR: '10.1.0.0/29', labelValue: 'a' },
      { CIDR: '10.2.0.0/29', labelValue: 'b' },
    ],
  },
};
const namespace = (
  name: string,
  annotations: object = { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' },
): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, creationTimestamp: '2026-01-02T00:00:00Z', annotations },
});
const node = (name: string, labelValue: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { [zone]: labelValue } },
  status: {
    addresses: [{ type: 'InternalIP', address: `192.168.0.${name.charCodeAt(0)}` }],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});
const hostSubnet = (name: string): object => ({
  apiVersion: 'network.openshift.io/v1',
  kind: 'HostSubnet',
  metadata: { name },
  host: name,
  hostIP: '192.168.0.1',
  subnet: '10.128.0.0/23',
});
let netids = 0;
const netNamespace = (name: string): object => ({
  apiVersion: 'network.openshift.io/v1',
  kind: 'NetNamespace',
  metadata: { name },
  netname: name,
  netid: (netids += 1),
});
const nodes = ['a', 'b', 'c'];
const cluster = [
  pool,
  namespace('shop'),
  namespace('web'),
  node('a', 'a'),
  node('b', 'b'),
  node('c', 'a'),
  ...nodes.map(hostSubnet),
  ...['shop', 'web'].map(netNamespace),
];
const list = (items: readonly unknown[]): object => ({ apiVersion: 'v1', kind: 'List', items });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'egressip-ipam-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('input', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['a List in YAML', stringify(list(cluster))],
    ['a List in JSON', JSON.stringify(list(cluster))],
    ['many documents', cluster.map((object) => stringify(object)).join('---\n')],
    [
      'many documents, some empty',
      `---\n${cluster.map((object) => stringify(object)).join('---\n---\n')}---\n# the end\n`,
    ],
    ['an array', JSON.stringify(cluster)],
    [
      'JSON Lists, one behind the other',
      [cluster.slice(0, 4), cluster.slice(4)].map((items) => JSON.stringify(list(items), null, 2)).join('\n'),
    ],
    ['JSON texts as documents of YAML', cluster.map((object) => JSON.stringify(object)).join('\n---\n')],
    ['an object on each line', cluster.map((object) => JSON.stringify(object)).join('\n')],
  ];
  it.each(forms)('gives the same plan from %s', async (_form, input) => {
    const { code, out, error } = await runCli(['plan', '-', '-o', 'json'], { input });
    expect(error).toBe('');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual(
      JSON.parse((await runCli(['plan', '-', '-o', 'json'], { input: forms[0]?.[1] ?? '' })).out),
    );
    expect(JSON.parse(out).allocations.map(({ addresses }: { addresses: unknown }) => addresses)).toEqual([
      ['10.1.0.1', '10.2.0.1'],
      ['10.1.0.2', '10.2.0.2'],
    ]);
  });

  it('passes over kinds that it does not know, and kinds of the same name in other groups', async () => {
    const others = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      { apiVersion: 'other.io/v1', kind: 'Node', metadata: { name: 'not-a-node' } },
    ];
    const { out, error } = await runCli(['explain', 'node/not-a-node', '-'], {
      input: stringify(list([...cluster, ...others])),
    });
    expect(error).toBe('');
    expect(out).toContain('There is no node not-a-node');
  });

  it('says file, line, object and field of what it cannot read, and goes on', async () => {
    const path = file(
      'broken.yaml',
      `${stringify(pool)}---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: odd\n  labels:\n    app.kubernetes.io/name: 7\n---\nkind: [Namespace\n---\n${stringify(namespace('fine'))}`,
    );
    const { error, out } = await runCli(['plan', path, '-o', 'json']);
    expect(error.split('\n')).toEqual(
      expect.arrayContaining([
        `${path}:19: Namespace/odd: metadata.labels.app.kubernetes.io/name: expected a string, got 7`,
        expect.stringMatching(/broken\.yaml:2[1-3]: /),
      ]),
    );
    expect(JSON.parse(out).waiting.map((claim: { namespace: string }) => claim.namespace)).toEqual(['fine']);
  });

  it('finds the line in JSON too', async () => {
    const path = file(
      'broken.json',
      JSON.stringify(list([pool, { ...pool, metadata: { name: 'two' }, spec: { topologyLabel: 3 } }]), null, 2),
    );
    const line =
      JSON.stringify(list([pool, { ...pool, metadata: { name: 'two' }, spec: { topologyLabel: 3 } }]), null, 2)
        .split('\n')
        .findIndex((text) => text.includes('"topologyLabel": 3')) + 1;
    const { error } = await runCli(['plan', path]);
    expect(error).toContain(`${path}:${line}: EgressIPAM/two: spec.topologyLabel: expected a string, got 3`);
  });

  it('finds the line in the second of two JSON texts, and takes items of a typed list for what the list says', async () => {
    const {
      kind: _kind,
      apiVersion: _apiVersion,
      ...odd
    } = { ...pool, metadata: { name: 'odd' }, spec: { topologyLabel: 3 } };
    const typed = { kind: 'EgressIPAMList', apiVersion: pool.apiVersion, items: [odd] };
    const input = `${JSON.stringify(pool)}\n${JSON.stringify(typed, null, 2)}\n`;
    const line = input.split('\n').findIndex((text) => text.includes('"topologyLabel": 3')) + 1;
    expect((await runCli(['plan', '-'], { input })).error).toContain(
      `standard input:${line}: EgressIPAM/odd: spec.topologyLabel: expected a string, got 3`,
    );
  });

  it.each([
    ['nothing at all', '', 'there is nothing in it'],
    ['a comment', '# kubectl failed\n', 'there is nothing in it'],
    ['a List whose items are none', 'kind: List\nitems: 5\n', 'List: items: a list is expected'],
    ['the same in JSON', '{"kind": "List"}', 'List: items: a list is expected'],
  ])('does not take %s for a cluster in which nothing is to do', async (_what, input, message) => {
    const { code, error } = await runCli(['plan', '-'], { input });
    expect(error).toContain(`standard input:1: ${message}`);
    expect(code).toBe(1);
  });

  it('takes a List without items for a cluster without objects', async () => {
    expect(await runCli(['plan', '-'], { input: 'kind: List\nitems: []\n' })).toMatchObject({ code: 0, error: '' });
  });

  it('finds no fault with what could be read, where not all could', async () => {
    const input = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';
    expect(await runCli(['check', '-'], { input })).toMatchObject({ code: 0, out: 'No problems found.\n' });
    const { code, out } = await runCli(['check', '-'], { input: `${input}---\nkind: EgressIP\nspec: [10.0.0.7\n` });
    expect([code, out]).toEqual([2, 'Nothing is wrong with what could be read.\n']);
  });

  it('counts an object once, and says so', async () => {
    const { error } = await runCli(['plan', '-'], { input: stringify(list([pool, pool])) });
    expect(error).toMatch(/^standard input:\d+: EgressIPAM\/pool: stands in the input twice/);
  });

  it('refuses a document that multiplies by aliases, and reads the others', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    const { code, error, out } = await runCli(['plan', '-'], { input: `${bomb}---\n${stringify(pool)}` });
    expect(code).toBe(2);
    expect(error).toContain('alias');
    expect(out).toContain('pool');
  });

  it.each([
    [
      'an observation without lists',
      { apiVersion: 'egressip-ipam.io/v1', kind: 'ProviderObservation', nodes: [{}], cidrs: [] },
      'ProviderObservation: nodes and cidrs are expected',
    ],
    [
      'the refusal of an API server',
      { apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'nodes is forbidden', code: 403 },
      'Status: the API server gave no objects: nodes is forbidden',
    ],
    ['a snapshot of another version', { formatVersion: 9 }, 'ClusterSnapshot: formatVersion: 2 is expected'],
    ['a document without a kind', { metadata: { name: 'x' } }, 'kind: a Kubernetes object with a kind is expected'],
  ])('names %s beside others', async (_what, document, message) => {
    const { code, error } = await runCli(['plan', '-'], { input: stringify(list([pool, document])) });
    expect(code).toBe(2);
    expect(error).toContain(message);
  });

  it.each([
    [
      'a message of an error',
      'error: the server has no such kind',
      'kind: a Kubernetes object with a kind is expected',
    ],
    ['an answer without a kind', '{"message": "Unauthorized"}', 'kind: a Kubernetes object with a kind is expected'],
    [
      'the refusal of an API server',
      '{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "no"}',
      'Status: the API server gave no objects: no',
    ],
    ['a snapshot of another version', 'formatVersion: 9', 'ClusterSnapshot: formatVersion: 2 is expected'],
    ['Pods', 'kind: Pod\napiVersion: v1\nmetadata: {name: x}', 'no object in the input tells of a cluster'],
  ])('could not run on %s alone', async (_what, input, message) => {
    const { code, out, error } = await runCli(['plan', '-'], { input });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(message);
  });
});

describe('what a cloud shows', () => {
  const observation = (cidrs: readonly unknown[]): object => ({
    apiVersion: 'egressip-ipam.io/v1',
    kind: 'ProviderObservation',
    nodes: [],
    cidrs,
  });
  const addressesOf = async (document: object): Promise<readonly string[]> =>
    JSON.parse(
      (await runCli(['plan', '-', '-o', 'json'], { input: stringify(list([...cluster, document])) })).out,
    ).allocations.flatMap(({ addresses }: { addresses: string[] }) => addresses);

  it('is not given out', async () => {
    expect(
      await addressesOf(
        observation([
          { cidr: '10.1.0.0/29', inUse: [{ address: '10.1.0.1', usedBy: 'a printer' }], reserved: [] },
          { cidr: '10.2.0.0/29', inUse: [], reserved: [] },
        ]),
      ),
    ).not.toContain('10.1.0.1');
  });

  it('and cannot be read, makes every claim wait', async () => {
    expect(await addressesOf(observation([{ cidr: '10.1.0.0/29', inUse: 'all of them' }]))).toEqual([]);
  });
});

describe('a saved snapshot', () => {
  const saved = {
    formatVersion: 2,
    network: {
      name: 'openshift-sdn',
      objects: {
        HostSubnet: [{ name: 'a', hostIP: '192.168.0.1', egressIPs: [], egressCIDRs: [] }],
        NetNamespace: [{ name: 'shop', netid: 5, egressIPs: [] }],
      },
    },
    infrastructure: { virtualIPs: [] },
    provider: { name: 'baremetal', attach: false, cloud: false, observationRequired: false },
    egressIPAMs: [
      {
        name: 'pool',
        createdAt: '2026-01-01T00:00:00Z',
        topologyLabel: zone,
        cidrAssignments: [{ CIDR: '10.1.0.0/29', labelValue: 'a' }],
      },
    ],
    namespaces: [{ name: 'shop', createdAt: '2026-01-01T00:00:00Z', egressIPAM: 'pool' }],
    nodes: [{ name: 'a', labels: { [zone]: 'a' }, ready: true, addresses: [] }],
  };

  it('is planned as it is', async () => {
    const { out } = await runCli(['plan', '-', '-o', 'json'], { input: JSON.stringify(saved) });
    expect(JSON.parse(out).allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.1.0.1'] }]);
  });

  it('that is damaged cannot be used, and is named', async () => {
    const { code, error } = await runCli(['plan', '-'], {
      input: JSON.stringify({
        ...saved,
        namespaces: [{ name: 'shop', createdAt: '', egressIPAM: 'pool', egressIPs: {} }],
      }),
    });
    expect(code).toBe(1);
    expect(error).toContain('standard input: the saved ClusterSnapshot is damaged');
  });
});

describe('exit codes', () => {
  it.each([
    [1, ['plan', '/there/is/no/such/file'], 'there is no such file or folder'],
    [1, ['explain', 'colour/blue', '-'], 'is not understood'],
    [1, ['simulate', '-', '--without-node', 'z'], 'there is no such node'],
    [1, ['simulate', '-', '--cidr', '10.0.0.0/24'], 'CIDR=LABELVALUE is expected'],
    [1, ['simulate', '-', '--add-namespaces', '-3'], 'whole number'],
    [
      1,
      ['simulate', '-', '--egressipam', 'mistyped'],
      '--egressipam mistyped: there is no such EgressIPAM; the input has ',
    ],
    [1, ['plan', '-', '--time', 'yesterday'], 'a time such as'],
    [1, ['plan', '-', '-o', 'xml'], 'Allowed choices'],
    [1, ['do-nothing'], 'unknown command'],
  ])('%i for %j, which says why', async (code, args, message) => {
    const result = await runCli(args, { input: stringify(list(cluster)) });
    expect(result.error).toContain(message);
    expect(result.error).not.toContain('    at ');
    expect(result.code).toBe(code);
  });

  it('1 for a folder without files that could be read', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect(await runCli(['plan', empty])).toMatchObject({
      code: 1,
      error: expect.stringContaining('there are no .yaml, .yml or .json files in this folder'),
    });
  });

  it('0 for --help and --version, 0 where there is nothing to do', async () => {
    expect((await runCli(['--help'])).code).toBe(0);
    expect(await runCli(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await runCli(['plan', '-'], { input: stringify(list([node('a', 'a')])) })).code).toBe(0);
  });
});

describe('explain', () => {
  it('says what a namespace has and what would be done for it', async () => {
    const { code, out } = await runCli(['explain', 'namespace/shop', '-'], { input: stringify(list(cluster)) });
    expect(code).toBe(2);
    expect(out).toContain('It has 10.1.0.1, 10.2.0.1');
    expect(out).toContain('- allocate 10.1.0.1,10.2.0.1 to namespace shop');
  });

  it.each([
    ['namespace/idle', 0],
    ['namespace/shop', 2],
    ['egressipam/pool', 2],
    ['10.1.0.1', 2],
    ['10.1.0.9', 0],
  ])('ends as plan and check do: %s with %i', async (subject, code) => {
    const input = stringify(list([...cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'idle' } }]));
    expect((await runCli(['explain', subject, '-'], { input })).code).toBe(code);
  });

  it('finds nothing where nothing is', async () => {
    expect(await runCli(['explain', 'egressipam/none', '-'], { input: stringify(list(cluster)) })).toMatchObject({
      code: 2,
      out: expect.stringContaining('There is no EgressIPAM none'),
    });
  });
});

describe('simulate', () => {
  const input = stringify(list(cluster));

  it('shows who moves when a node is gone', async () => {
    const { code, out } = await runCli(['simulate', '-', '--without-node', 'a', '-o', 'json'], { input });
    expect(code).toBe(2);
    expect(JSON.parse(out).moves).toEqual([expect.objectContaining({ from: 'a', to: 'c' })]);
  });

  it('shows what there is to look after then', async () => {
    const { code, out } = await runCli(['simulate', '-', '--without-node', 'a', '--without-node', 'c'], { input });
    expect(code).toBe(2);
    expect(out).toMatch(/FINDING +SEVERITY +OBJECT +MESSAGE/);
  });

  it('shows who waits when many come', async () => {
    const { out } = await runCli(['simulate', '-', '--add-namespaces', '10', '-o', 'json'], { input });
    const { newlyServed, newlyWaiting } = JSON.parse(out);
    expect(newlyServed).toHaveLength(4);
    expect(newlyWaiting).toHaveLength(6);
  });

  it('shows who is served when CIDRs grow', async () => {
    const many = stringify(
      list([
        ...cluster,
        ...Array.from({ length: 10 }, (_, index) => [namespace(`n${index}`), netNamespace(`n${index}`)]).flat(),
      ]),
    );
    const { out } = await runCli(
      ['simulate', '-', '--cidr', '10.1.0.0/24=a', '--cidr', '10.2.0.0/24=b', '-o', 'json'],
      { input: many },
    );
    const { newlyServed, egressIPAMs, moves } = JSON.parse(out);
    expect(newlyServed).toHaveLength(6);
    expect(moves).toEqual([]);
    expect(egressIPAMs[0].cidrs.map(({ cidr }: { cidr: string }) => cidr)).toEqual(['10.1.0.0/24', '10.2.0.0/24']);
  });
});

describe('init', () => {
  const args = [
    'init',
    '--name',
    'new',
    '--topology-label',
    zone,
    '--node-selector',
    'role=egress',
    '--cidr',
    '10.9.0.7/24=a',
    '--cidr',
    '2001:db8::/64=',
    '--reserve',
    '10.9.0.1-10.9.0.9',
  ];

  it('prints an EgressIPAM that plan takes without a finding', async () => {
    const { code, out, error } = await runCli(args);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(parse(out)).toEqual({
      apiVersion: 'redhatcop.redhat.io/v1alpha1',
      kind: 'EgressIPAM',
      metadata: { name: 'new' },
      spec: {
        topologyLabel: zone,
        nodeSelector: { matchLabels: { role: 'egress' } },
        cidrAssignments: [
          { CIDR: '10.9.0.0/24', labelValue: 'a', reservedIPs: ['10.9.0.1-10.9.0.9'] },
          { CIDR: '2001:db8::/64', labelValue: '' },
        ],
      },
    });
    const planned = await runCli(['plan', '-'], { input: out });
    expect(planned.error).toBe('');
  });

  it('says what a cluster makes of it, beside the object', async () => {
    const { code, out, error } = await runCli([...args, '-'], { input: stringify(list(cluster)) });
    expect(code).toBe(2);
    expect(parse(out)).toMatchObject({ kind: 'EgressIPAM' });
    expect(error).toContain('NoNodes');
  });

  it.each([
    [['--cidr', 'zone-a'], 'CIDR=LABELVALUE'],
    [['--cidr', '10.0.0.0/99=a'], 'is not a CIDR'],
    [['--cidr', '10.0.0.0/24=a', '--reserve', '11.0.0.1'], 'inside one of the CIDRs'],
    [[], 'name the pools by --cidr'],
  ])('%j: could not run', async (options, message) => {
    const { code, error } = await runCli(['init', ...options]);
    expect(code).toBe(1);
    expect(error).toContain(message);
  });
});

describe('tables', () => {
  const input = stringify(
    list([...cluster, namespace('lost', { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'nowhere' })]),
  );

  it('have no colour unless asked', async () => {
    expect((await runCli(['plan', '-'], { input })).out).not.toContain('\u001B');
    expect((await runCli(['plan', '-'], { input, color: true })).out).toContain('\u001B[1m');
  });

  it('wrap their last column at the width of the terminal', async () => {
    const whole = (await runCli(['check', '-'], { input })).out;
    const narrow = (await runCli(['check', '-'], { input, columns: 90 })).out;
    const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
    expect(longest(whole)).toBeGreaterThan(90);
    expect(longest(narrow)).toBeLessThanOrEqual(90);
    expect(narrow.replace(/\s+/g, ' ')).toBe(whole.replace(/\s+/g, ' '));
  });
});

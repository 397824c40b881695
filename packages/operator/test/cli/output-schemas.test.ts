import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './run-cli.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const clusters = readdirSync(join(root, 'examples')).filter((name) =>
  readdirOrNone(join(root, 'examples', name)).includes('cluster.yaml'),
);

function readdirOrNone(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function schema(name: string): object {
  return JSON.parse(readFileSync(join(root, `docs/schemas/${name}.schema.json`), 'utf8'));
}

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
const validators = Object.fromEntries(
  ['plan', 'explanation', 'check-report', 'simulation', 'provider-observation'].map((name) => [
    name,
    ajv.compile(schema(name)),
  ]),
);

function expectValid(name: string, value: unknown): void {
  const validate = validators[name];
  expect(validate?.(value), JSON.stringify(validate?.errors?.slice(0, 3))).toBe(true);
}

async function expectAllValid(input: string, ...flags: readonly string[]): Promise<void> {
  for (const [name, ...args] of [
    ['plan', 'plan'],
    ['check-report', 'check'],
    ['explanation', 'explain', 'egressipam/p'],
    ['simulation', 'simulate', '--without-node', 'w1'],
  ] as const) {
    const { code, out } = await runCli([...args, '-', '-o', 'json', ...flags], { input });
    // A simulation without a node that is not there says nothing.
    if (code !== 1) expectValid(name, JSON.parse(out));
  }
}

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const node = (name: string, spec: object, annotations: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { zone: 'a', 'kubernetes.io/hostname': name }, annotations },
  spec,
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});
const namespace = (name: string, annotations: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value])),
  },
});

/** A CIDR that drains, one that is full, what cools down, a forged record and a node that takes nothing. */
const unwell: readonly object[] = [
  {
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'EgressIPAM',
    metadata: { name: 'p', generation: 3 },
    spec: {
      topologyLabel: 'zone',
      cidrAssignments: [
        { CIDR: '10.0.0.0/24', labelValue: 'a', drain: true },
        { CIDR: '10.0.1.0/30', labelValue: 'a' },
      ],
    },
    status: { released: [{ namespace: 'gone', addresses: ['10.0.1.2'], at: '2026-01-01T00:00:00Z' }] },
  },
  node('w1', {}),
  node('w2', { unschedulable: true }, { 'node.antrea.io/max-egress-ips': '1' }),
  namespace('new', { egressipam: 'p' }),
  namespace('forged', { egressipam: 'p', egressips: '10.0.0.9', allocated: 'p/10.0.0.9' }),
  namespace('typing', { egressipam: 'p', egressips: 'nonsense' }),
  namespace('nowhere', { egressipam: 'none' }),
];

it('schemas define what they share alike', () => {
  const definitions = ['plan', 'explanation', 'check-report', 'simulation'].flatMap((name) =>
    Object.entries((schema(name) as { readonly $defs?: object }).$defs ?? {}),
  );
  for (const [name, definition] of definitions)
    for (const [other, twin] of definitions) if (name === other) expect(twin, name).toEqual(definition);
});

describe.each(clusters)('the output for examples/%s follows its schema', (cluster) => {
  const folder = join(root, 'examples', cluster);

  it.each([
    ['plan', ['plan']],
    ['check-report', ['check']],
    ['explanation', ['explain', 'egressipam/office']],
    ['explanation', ['explain', '10.0.0.1']],
    ['explanation', ['explain', 'namespace/billing']],
    ['explanation', ['explain', 'node/worker-1']],
    ['simulation', ['simulate']],
  ])('%s: %j', async (name, args) => {
    const json = await runCli([...args, folder, '-o', 'json']);
    expectValid(name, JSON.parse(json.out));
    const yaml = await runCli([...args, folder, '-o', 'yaml']);
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
    // Readers of YAML that know no anchors must be able to read it.
    expect(yaml.out).not.toMatch(/[:-] [&*]a\d/);
  });
});

describe('the output for what is not well follows its schema', () => {
  const cases = readdirSync(fileURLToPath(new URL('cases', import.meta.url)));

  it.each(cases)('in the case %s', async (file) => {
    const input = readFileSync(new URL(`cases/${file}`, import.meta.url), 'utf8');
    await expectAllValid(input);
  });

  it.each(['openshift-sdn', 'ovn-kubernetes', 'cilium', 'antrea'])('on %s', async (network) => {
    await expectAllValid(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: unwell }), '--network', network);
  });
});

it('the schemas refuse what is missing and what they do not know', async () => {
  const { out } = await runCli(['plan', join(root, 'examples/ovn-kubernetes'), '-o', 'json']);
  const { steps, ...rest } = JSON.parse(out);
  expect(validators['plan']?.(rest)).toBe(false);
  expect(validators['plan']?.({ ...rest, steps, more: 1 })).toBe(false);
});

it('the observation of the example follows its schema', () => {
  expectValid(
    'provider-observation',
    JSON.parse(readFileSync(join(root, 'examples/aws-three-zones/provider-observation.json'), 'utf8')),
  );
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const installed = [
  'yaml',
  'ip-address',
  '@aws-sdk/client-ec2',
  '@egressip-ipam/core',
  '@egressip-ipam/kube',
  '@egressip-ipam/provider-aws',
];

/** A house in which each file imports one thing. */
const imports: Readonly<Record<string, string>> = {
  'packages/core/src/uses-operator.ts': '../../operator/src/anything.ts',
  'packages/core/src/uses-kube.ts': '@egressip-ipam/kube',
  'packages/core/src/uses-files.ts': 'node:fs',
  'packages/core/src/uses-yaml.ts': 'yaml',
  'packages/core/src/uses-ip-address.ts': 'ip-address',
  'packages/kube/src/uses-core.ts': '@egressip-ipam/core',
  'packages/sandbox/src/uses-core.ts': '@egressip-ipam/core',
  'packages/sandbox/src/uses-kube.ts': '@egressip-ipam/kube',
  'packages/provider-aws/src/uses-baremetal.ts': '../../provider-baremetal/src/anything.ts',
  'packages/provider-baremetal/src/uses-kube.ts': '@egressip-ipam/kube',
  'packages/operator/src/uses-aws.ts': '@egressip-ipam/provider-aws',
  'packages/operator/src/uses-sdk.ts': '@aws-sdk/client-ec2',
  'packages/operator/src/uses-core.ts': '@egressip-ipam/core',
  'packages/operator/src/uses-core-inside.ts': '../../core/src/uses-ip-address.ts',
  'packages/core/src/ledger/uses-plan.ts': '../plan/anything.ts',
  'packages/core/src/plan/uses-ledger.ts': '../ledger/anything.ts',
  'packages/core/src/check/uses-explain.ts': '../explain/anything.ts',
  'packages/core/src/plan/uses-a-new-folder.ts': '../new-folder/anything.ts',
  'packages/kube/src/errors/uses-rest.ts': '../rest/anything.ts',
  'packages/network-cilium/src/facts/uses-render.ts': '../render/anything.ts',
};

/** Those that the rules allow. */
const allowed = new Set([
  'packages/core/src/uses-ip-address.ts',
  'packages/core/src/plan/uses-ledger.ts',
  'packages/sandbox/src/uses-kube.ts',
  'packages/operator/src/uses-core.ts',
]);

describe('import rules', () => {
  let broken: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const house = await mkdtemp(join(tmpdir(), 'house-'));
    const write = async (path: string, text: string): Promise<void> => {
      await mkdir(dirname(join(house, path)), { recursive: true });
      await writeFile(join(house, path), text);
    };
    for (const name of installed) {
      await write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' }),
      );
      await write(`node_modules/${name}/index.js`, 'export const it = 1;\n');
    }
    await write(
      'package.json',
      JSON.stringify({
        name: 'house',
        type: 'module',
        dependencies: Object.fromEntries(installed.map((name) => [name, '1.0.0'])),
      }),
    );
    await write('tsconfig.json', '{}');
    const rooms = ['plan', 'ledger', 'explain', 'new-folder'].map((folder) => `core/src/${folder}`);
    for (const room of [
      ...rooms,
      'kube/src/rest',
      'network-cilium/src/render',
      'operator/src',
      'provider-baremetal/src',
    ])
      await write(`packages/${room}/anything.ts`, 'export const it = 1;\n');
    for (const [path, target] of Object.entries(imports))
      await write(path, `import * as it from '${target}';\nexport const used = it;\n`);
    const command = [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      join(root, '.dependency-cruiser.mjs'),
      '--output-type',
      'json',
      'packages',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: house, maxBuffer: 1e8 }).catch(
      (error: unknown) => error as { readonly stdout: string },
    );
    const { summary } = JSON.parse(stdout) as {
      readonly summary: {
        readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
      };
    };
    broken = new Map(summary.violations.map(({ from, rule }) => [from, rule.name]));
  }, 60_000);

  it.each(Object.keys(imports).filter((path) => !allowed.has(path)))('%s is refused', (path) => {
    expect(broken.get(path)).toBeDefined();
  });

  it.each([...allowed])('%s is allowed', (path) => {
    expect(broken.get(path)).toBeUndefined();
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../paths.ts';
import { readProject } from '../project.ts';
import { readLockFile } from '../supply-chain/policy.ts';
import { licenseOf, type BillOfMaterials, type BomComponent } from './notices.ts';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** Bundles the command once more, and prints what the bundler took of each file. */
const tellWhatIsTaken = `
  import { bundleCommand } from '${new URL('bundle-command.ts', import.meta.url).href}';
  const setup = ({ initialOptions, onEnd }) => {
    initialOptions.metafile = true;
    onEnd(({ metafile }) => console.log(JSON.stringify(metafile)));
  };
  await bundleCommand(process.argv[2], { commit: '0123abc', plugins: [{ name: 'tells', setup }] });
`;
const ours = '@egressip-ipam/';
const operator = join(root, 'packages/operator');

describe('the bill of materials', () => {
  let folder: string;
  let text: string;
  let components: readonly (BomComponent & { readonly purl?: string })[];
  let metafile: Metafile;

  // By programs of their own: within tests Node's modules have names more, and the bundle would be another.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bill-'));
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, args, {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 64 * 1024 * 1024,
      });
    // As the Dockerfile has it.
    run('deploy/src/image.ts', join(folder, 'image'), '0123abc');
    text = readFileSync(join(folder, 'image/operator/bom.cdx.json'), 'utf8');
    ({ components = [] } = JSON.parse(text) as BillOfMaterials);
    const script = join(folder, 'tell.mjs');
    writeFileSync(script, tellWhatIsTaken);
    metafile = JSON.parse(run(script, join(folder, 'again'))) as Metafile;
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('follows the schema of CycloneDX 1.6, by the letter', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(text)).toBeNull();
    const broken = JSON.stringify({ ...(JSON.parse(text) as object), components: [{ type: 'library' }] });
    expect(await validator.validate(broken)).not.toBeNull();
  });

  it('names every package that a byte of the bundle comes from, and no other', () => {
    const chunks = (path: string): readonly string[] =>
      readdirSync(join(folder, path))
        .filter((name) => name.endsWith('.js'))
        .sort();
    // Names of chunks are made of what is in them: what the bundler told is of this bundle.
    expect(chunks('again')).toEqual(chunks('image/operator'));
    const bundled = Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      // What plug-ins make up stands under the name of the plug-in.
      .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !/^[a-z-]+:/.test(path))
      .map(([path]) => packageOf(join(operator, path)));
    // The bill is that of the operator, which is no part of itself.
    const expected = new Set(bundled.filter((name) => name !== `${ours}operator@${readProject().version}`));
    expect(components.map(versionedName).sort()).toEqual([...expected].sort());
  });

  it('names what the lock file has, ours by the version of the project', () => {
    const locked = new Set(readLockFile().map(({ name, version }) => `${name}@${version}`));
    const { version } = readProject();
    const unknown = components
      .map(versionedName)
      .filter((name) => (name.startsWith(ours) ? !name.endsWith(`@${version}`) : !locked.has(name)));
    expect(unknown).toEqual([]);
  });

  it('has a licence of each, and the address by which scanners know it', () => {
    expect(components.filter((component) => licenseOf(component) === '').map(versionedName)).toEqual([]);
    const purlOf = (component: BomComponent): string => `pkg:npm/${versionedName(component).replace(/^@/, '%40')}`;
    expect(components.map(({ purl = '' }) => purl.replace(/\?.*$/, ''))).toEqual(components.map(purlOf));
  });
});

function versionedName({ group, name, version }: BomComponent): string {
  return `${group === undefined ? '' : `${group}/`}${name}@${version ?? ''}`;
}

/** `NAME@VERSION` of the package that a file belongs to; folders below it have manifests without a name. */
function packageOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    if (name !== undefined && version !== undefined) return `${name}@${version}`;
  }
}

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { unless } from '../../../tools/testing/unless.ts';
import { deployPath, releaseName, root } from '../../src/paths.ts';
import { readProject } from '../../src/project.ts';
import { chartRepository } from '../../src/release/assemble.ts';
import { channelsOf } from '../../src/release/catalog.ts';
import { findTool } from '../../src/toolbox/find-tool.ts';
import { helm4, helms, noHelm } from '../support/helms.ts';
import { serveImage } from '../support/image-registry.ts';
import { serveFolder, type ServedFolder } from '../support/serve-folder.ts';
import { standInForDocker } from '../support/stand-in-for-docker.ts';
import { standInForNpm } from '../support/stand-in-for-npm.ts';
import { platformsOf, runStep, runStepAlongside } from '../support/workflow-step.ts';

const built = existsSync(join(root, 'packages/operator/dist/cli.js'));
const verify = findTool('verifyBundle') ?? '';
const opm = findTool('opm') ?? '';
const noOpm = 'opm is not there: node deploy/src/toolbox/install.ts (Go builds it)';

describe(
  'a release, put together and not published',
  unless(helm4 === '' || !built, built ? noHelm : 'the packages are not built: npm test builds them'),
  () => {
    const { version, repository } = readProject();
    let folder: string;
    let target: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'release-'));
      target = join(folder, 'release');
      execFileSync(process.execPath, ['deploy/src/release.ts', target, '0123abc'], { cwd: root, stdio: 'pipe' });
    }, 400_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('has tarballs that are installed into an empty project, imported and run', { timeout: 180_000 }, () => {
      const project = join(folder, 'project');
      mkdirSync(project);
      writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
      const tarballs = readdirSync(join(target, 'npm')).map((name) => join(target, 'npm', name));
      const run = (program: string, ...args: readonly string[]): string =>
        execFileSync(program, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...tarballs);
      const names = readdirSync(join(project, 'node_modules/@egressip-ipam'));
      expect(names).toEqual(readdirSync(join(root, 'packages')).sort());
      run(
        process.execPath,
        '--input-type=module',
        '--eval',
        names.map((name) => `await import('@egressip-ipam/${name}');`).join(''),
      );
      expect(
        readFileSync(join(project, 'node_modules/@egressip-ipam/operator/dist/THIRD-PARTY-NOTICES.txt'), 'utf8'),
      ).toContain('@aws-sdk/client-ec2 ');
      const [told, , commit] = run(process.execPath, 'node_modules/.bin/egressip-ipam', '--version').split(/[ ()\n]+/);
      expect(told).toBe(version);
      expect(commit).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
    });

    it('has tarballs that the workflow publishes as the files that they are, and not as repositories of those names', () => {
      const npm = standInForNpm(join(folder, 'bin'), true);
      const packed = runStep('Publish', target, {
        PATH: `${npm.folder}${delimiter}${process.env['PATH']}`,
        GITHUB_REF_NAME: `v${version}`,
        NPM_TOKEN: '',
      });
      expect(packed.trim().split('\n').sort()).toEqual(readdirSync(join(target, 'npm')).sort());
    });

    describe('has a chart with an index', () => {
      const digest = `sha256:${'1'.repeat(64)}`;
      const agentDigest = `sha256:${'2'.repeat(64)}`;
      let served: ServedFolder;
      beforeAll(async () => {
        // What the workflow has beside the release: the sources, and Helm.
        symlinkSync(deployPath(), join(folder, 'deploy'));
        symlinkSync(helm4, join(target, 'helm'));
        runStep('The chart names the images', folder, {
          GITHUB_REF_NAME: `v${version}`,
          GITHUB_REPOSITORY: repository.replace('https://github.com/', ''),
          DIGEST: digest,
          AGENT_DIGEST: agentDigest,
        });
        served = await serveFolder(join(target, 'chart'));
        // The index names the address that it will have; here it has another.
        const file = join(target, 'chart/index.yaml');
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(chartRepository(repository), served.address));
      });
      afterAll(() => served.stop());

      it.each(helms)(
        'in which $name finds it, and from which it renders it',
        unless(
          helms.some(({ helm }) => helm === ''),
          noHelm,
        ),
        async ({ name, helm }) => {
          const home = join(folder, name);
          const flags = ['--repository-config', join(home, 'repositories.yaml'), '--repository-cache', home];
          const run = async (...args: readonly string[]): Promise<string> =>
            (await promisify(execFile)(helm, [...args, ...flags], { maxBuffer: 16 * 1024 * 1024 })).stdout;
          const template = (...values: readonly string[]): Promise<string> =>
            run('template', releaseName, 'egressip-ipam/egressip-ipam-operator', '--namespace', releaseName, ...values);
          await run('repo', 'add', 'egressip-ipam', served.address);
          expect(await run('search', 'repo', 'egressip-ipam')).toContain(version);
          const rendered = await template('--set', 'agent.enabled=true');
          expect(rendered).toContain(`image: "quay.io/egressip-ipam/operator:${version}@${digest}"`);
          expect(rendered).toContain(`image: "quay.io/egressip-ipam/agent:${version}@${agentDigest}"`);
          // What somebody else calls theirs is not what was released.
          const others = await template('--set', 'image.repository=registry.example/ours,agent.enabled=true');
          expect(others).toContain(`image: "registry.example/ours:${version}"`);
          expect(await template('--set', 'image.tag=v9.9.9')).toContain(
            `image: "quay.io/egressip-ipam/operator:v9.9.9"`,
          );
        },
      );

      it('whose entries lead to what is there, and are of it', () => {
        const { entries } = parse(readFileSync(join(target, 'chart/index.yaml'), 'utf8')) as {
          readonly entries: Readonly<Record<string, readonly { readonly urls: readonly string[]; digest: string }[]>>;
        };
        const name = `egressip-ipam-operator-${version}.tgz`;
        const sha = createHash('sha256')
          .update(readFileSync(join(target, 'chart', name)))
          .digest('hex');
        expect(entries['egressip-ipam-operator']).toMatchObject([{ urls: [`${served.address}/${name}`], digest: sha }]);
      });
    });

    it(
      "has a bundle that all of operator-framework's validators take, its metadata too",
      unless(verify === '', 'the validators are not there: node deploy/src/toolbox/install.ts (Go builds them)'),
      () => {
        // As the release's workflow does, once it has pushed the image.
        const { image } = readProject();
        const pinned = `${image}@sha256:${'0'.repeat(64)}`;
        const bundle = join(target, 'bundle');
        execFileSync(process.execPath, [deployPath('src/pin.ts'), bundle, `${image}:${version}`, pinned]);
        expect(
          readFileSync(join(bundle, 'manifests/egressip-ipam-operator.clusterserviceversion.yaml'), 'utf8'),
        ).toContain(`relatedImages:\n    - name: operator\n      image: ${pinned}\n`);
        const path = `${standInForDocker(join(folder, 'docker'), platformsOf('operator'))}${delimiter}/usr/bin`;
        const validate = (at: string): readonly string[] => {
          const { stdout, stderr } = spawnSync(verify, [at], { encoding: 'utf8', env: { PATH: path } });
          return `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
        };
        expect(validate(bundle)).toEqual([]);

        const broken = join(folder, 'broken');
        cpSync(bundle, broken, { recursive: true });
        const metadata = join(broken, 'metadata/annotations.yaml');
        writeFileSync(metadata, readFileSync(metadata, 'utf8').replaceAll('candidate-', 'weekly-'));
        expect(validate(broken)).toEqual([expect.stringContaining('weekly-')]);
      },
    );

    it('has a bundle whose format and annotations opm takes from a registry', unless(opm === '', noOpm), async () => {
      const image = await serveImage(join(target, 'bundle/bundle.Dockerfile'));
      const home = join(folder, 'home-of-bundle');
      const settings = join(home, '.config/containers');
      mkdirSync(settings, { recursive: true });
      writeFileSync(join(settings, 'policy.json'), '{"default": [{"type": "insecureAcceptAnything"}]}');
      writeFileSync(join(settings, 'registries.conf'), `[[registry]]\nlocation = "${image.host}"\ninsecure = true\n`);
      const flags = ['--image-builder', 'none', '--optional-validators', 'operatorhub,bundle-objects'];
      const command = ['alpha', 'bundle', 'validate', '--tag', `${image.host}/operator-bundle:${version}`, ...flags];
      try {
        const { stderr } = await promisify(execFile)(opm, command, { env: { ...process.env, HOME: home } });
        expect(stderr).toContain('All validation tests have been completed successfully');
      } finally {
        image.stop();
      }
    });

    it(
      'has bundles that the workflow makes a catalog of, with the channels of the version',
      unless(opm === '', noOpm),
      async () => {
        const image = await serveImage(join(target, 'bundle/bundle.Dockerfile'));
        try {
          const home = join(folder, 'home');
          mkdirSync(home);
          // The registry of the release has TLS.
          writeFileSync(join(target, 'opm'), `#!/bin/sh\nexec '${opm}' "$@" --use-http\n`);
          const template = join(target, 'catalog.yaml');
          writeFileSync(template, readFileSync(template, 'utf8').replaceAll('quay.io', image.host));
          await runStepAlongside('Catalog for', folder, { HOME: home });
        } finally {
          image.stop();
        }
        const catalog = parseAllDocuments(
          readFileSync(join(folder, 'catalog/egressip-ipam-operator/catalog.yaml'), 'utf8'),
        ).map((document) => document.toJS() as Readonly<Record<string, unknown>>);
        const operator = `egressip-ipam-operator.v${version}`;
        expect(catalog).toMatchObject([
          { schema: 'olm.package', name: 'egressip-ipam-operator', defaultChannel: channelsOf(version)[0] },
          ...[...channelsOf(version)].sort().map((name) => ({
            ...{ schema: 'olm.channel', name, entries: [{ name: operator }] },
          })),
          { schema: 'olm.bundle', name: operator },
        ]);
        expect(readFileSync(join(folder, 'catalog.Dockerfile'), 'utf8')).toContain('ADD catalog /configs');
      },
    );

    it('has all that the workflow takes from it', () => {
      const [first = '', ...jobs] = readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8').split(
        /^ {2}(?=npm:$)/m,
      );
      const named = (text: string): readonly string[] => text.match(/(?<=[\s"=]release\/)[a-z]+[\w.]*/g) ?? [];
      const taken = new Set(named(jobs.join('')));
      expect([...taken]).toEqual(expect.arrayContaining(['bundle', 'catalog.yaml', 'chart', 'notes.md']));
      // What the job that makes it puts beside it.
      const there = new Set([...readdirSync(target), ...named(first)]);
      expect([...taken].filter((name) => !there.has(name))).toEqual([]);
    });

    it('has a bill of materials, a catalog and notes for its version', () => {
      expect(JSON.parse(readFileSync(join(target, 'bom.cdx.json'), 'utf8'))).toMatchObject({
        bomFormat: 'CycloneDX',
        metadata: { component: { version } },
      });
      expect(stringify(parse(readFileSync(join(target, 'catalog.yaml'), 'utf8')))).toContain(
        `operator-bundle:${version}`,
      );
      expect(readFileSync(join(target, 'notes.md'), 'utf8')).toContain(`# ${version}`);
      expect(
        readFileSync(deployPath('olm/manifests/egressip-ipam-operator.clusterserviceversion.yaml'), 'utf8'),
      ).toContain(`olm.skipRange: <${version}`);
    });
  },
);

import { execFileSync, type ChildProcess } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { findEnvtestAssets, startEnvtest, type Envtest } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfigOfNobody } from '../../../tools/testing/kubeconfig-of-nobody.ts';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';
import { cannotRunAgents, cannotRunImages, prepareRoot } from '../../test/support/image-root.ts';
import { loadedFiles, loadedOfNode } from '../../test/support/loaded-files.ts';
import { root } from '../paths.ts';
import { readProject } from '../project.ts';
import { readPolicy } from '../supply-chain/policy.ts';
import { readAgentStart } from './agent-start.ts';
import { licenseOf, nameOf, type BillOfMaterials } from './notices.ts';

/** Parts of the command by a text that stands in nothing else. */
const seldomNeeded = [
  { what: "AWS' SDK", mark: 'amazonaws.com' },
  { what: 'what reads a kubeconfig', mark: 'loadFromCluster' },
  { what: 'what serves metrics', mark: 'openmetrics' },
  { what: 'the log', mark: 'padEnd(5)' },
  { what: 'the operator', mark: 'the API server was set back' },
  { what: 'the trial', mark: 'hostsubnets' },
] as const;

const { options, flags: nodeFlags } = readAgentStart();
const agentEnvironment = { NODE_OPTIONS: options };
/** As the agent's image starts it. */
const agentCommand = ['/nodejs/bin/node', ...nodeFlags, '/operator/cli.js', 'agent'];

const megabyte = 1024 * 1024;
const reason = cannotRunImages();
const noAgents = cannotRunAgents();

describe("the image's tree", () => {
  let folder: string;
  let tree: string;
  let bom: BillOfMaterials & {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly metadata: { readonly component: { readonly version: string } };
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
    tree = join(folder, 'tree');
    // As the Dockerfile has it.
    execFileSync(process.execPath, ['deploy/src/image.ts', tree, '0123abc'], { cwd: root, stdio: 'pipe' });
    bom = JSON.parse(readFileSync(join(tree, 'operator/bom.cdx.json'), 'utf8')) as typeof bom;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const files = (): readonly string[] => readdirSync(tree, { recursive: true, encoding: 'utf8' });

  it('is small, and has no second Node, no source maps and no packages', () => {
    const bytes = files().reduce((sum, file) => sum + lstatSync(join(tree, file)).size, 0);
    expect(bytes).toBeLessThan(25 * megabyte);
    expect(files().filter((file) => /\.map$|node_modules|\.d\.ts$|(^|\/)node$/.test(file))).toEqual([]);
  });

  it('takes of the Kubernetes library what reads kubeconfigs, and none of the kinds that it knows', () => {
    const code = files()
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(join(tree, file), 'utf8'));
    expect(code.some((text) => text.includes('loadFromFile'))).toBe(true);
    expect(code.filter((text) => text.includes('V1PodSpec'))).toEqual([]);
  });

  it('has the licence of everything that is in the bundle, and only such as the policy takes', () => {
    const { licenses } = readPolicy();
    const notices = readFileSync(join(tree, 'operator/THIRD-PARTY-NOTICES.txt'), 'utf8');
    const components = bom.components ?? [];
    expect(components.map(nameOf).filter((name) => !notices.includes(name))).toEqual([]);
    expect(
      components
        .filter(
          (component) =>
            !licenseOf(component)
              .split(' AND ')
              .every((license) => licenses.includes(license)),
        )
        .map((component) => `${nameOf(component)}: ${licenseOf(component)}`),
    ).toEqual([]);
  });

  it('has a bill of materials that knows the large parts and the version', () => {
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { version: readProject().version } },
    });
    expect((bom.components ?? []).map(({ group, name }) => [group, name].join('/'))).toEqual(
      expect.arrayContaining([
        '@aws-sdk/client-ec2',
        '@kubernetes/client-node',
        '/commander',
        '/yaml',
        '@prometheus-io/client',
      ]),
    );
  });

  // What is not loaded costs no time: --version is what a probe, a script and a completion wait for.
  it.each(['--version', 'run --help', 'completion bash'])(
    'starts %s without what only a cluster, a cloud or a trial needs',
    (line) => {
      const folderOf = join(tree, 'operator');
      const chunks = readdirSync(folderOf).filter((name) => name.endsWith('.js'));
      const loaded = loadedFiles(join(folderOf, 'cli.js'), ...line.split(' ')).map((url) =>
        basename(fileURLToPath(url)),
      );
      const has = (mark: string) => (name: string) => readFileSync(join(folderOf, name), 'utf8').includes(mark);
      expect(loaded).toContain('cli.js');
      for (const { mark } of seldomNeeded) expect(chunks.filter(has(mark)), mark).not.toEqual([]);
      expect(seldomNeeded.filter(({ mark }) => loaded.some(has(mark))).map(({ what }) => what)).toEqual([]);
    },
    60_000,
  );

  it('starts an agent without what of Node only other commands need', () => {
    const flags = ['--node', 'a', '--peer-address', '127.0.0.1', '--kubeconfig', '/nowhere'];
    const loaded = loadedOfNode(join(tree, 'operator/cli.js'), 'agent', ...flags);
    expect(loaded).toContain('https');
    const needless = [
      'internal/fs/promises',
      'internal/fs/streams',
      'perf_hooks',
      'readline',
      'worker_threads',
      'zlib',
    ];
    expect(loaded.filter((name) => needless.includes(name))).toEqual([]);
  });

  describe('as its user, read-only', unless(reason !== undefined, reason ?? ''), () => {
    let run: ReturnType<typeof prepareRoot>;
    let server: Envtest | undefined;
    // A loaded machine takes its time to start an API server.
    beforeAll(async () => {
      run = prepareRoot(tree, join(folder, 'root'));
      server = findEnvtestAssets() === undefined ? undefined : await startEnvtest({});
    }, 300_000);
    afterAll(() => server?.stop());

    const outcome = async (child: ChildProcess): Promise<{ readonly code: unknown; readonly output: string }> => {
      const [[code], ...outputs] = await Promise.all([
        once(child, 'exit'),
        ...[child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream))),
      ]);
      return { code, output: outputs.join('') };
    };

    it('is on the PATH, and tells its version and commit', async () => {
      expect(await outcome(run(['egressip-ipam', '--version']))).toEqual({
        code: 0,
        output: `${readProject().version} (commit 0123abc)\n`,
      });
    }, 60_000);

    it('runs commands that need no cluster', async () => {
      const { code, output } = await outcome(run(['egressip-ipam', 'init', '--cidr', '10.0.0.0/24=zone-a']));
      expect(output).toContain('kind: EgressIPAM');
      expect(code).toBe(0);
    }, 60_000);

    it("starts as the agent's image starts it, without a compiler", async () => {
      const { code, output } = await outcome(
        run([...agentCommand, '--node', 'n1'], { environment: { ...agentEnvironment, KUBECONFIG: '/nowhere' } }),
      );
      expect(output).toContain('--peer-address');
      expect(code).toBe(1);
    }, 60_000);

    describe('as an agent', unless(noAgents !== undefined, noAgents ?? ''), () => {
      it('runs as the DaemonSet runs it: as root with two capabilities and no other', async () => {
        const child = run(startAgent(), { environment: agentEnvironment, capabilities: ['net_admin', 'net_raw'] });
        const ended = outcome(child);
        child.stderr?.on('data', (said: Buffer) => {
          if (said.includes('the Lease cannot be renewed')) child.kill('SIGTERM');
        });
        const { code, output } = await ended;
        expect(output).toContain('the agent runs');
        expect(output).not.toMatch(/Cannot find|EROFS|EACCES|permission denied|not permitted|lacks|announced/i);
        expect(code).toBe(0);
      }, 60_000);

      it.each([
        ['neither', []],
        ['NET_RAW alone', ['net_raw']],
        ['NET_ADMIN alone', ['net_admin']],
      ] as const)(
        'ends with %s of its capabilities, and says which it lacks',
        async (_which, capabilities) => {
          const { code, output } = await outcome(run(startAgent(), { environment: agentEnvironment, capabilities }));
          const lacks = ['net_admin', 'net_raw'].filter((name) => !capabilities.some((has) => has === name));
          expect(output).toContain(
            `lacks the capability ${lacks.join(' and ').replaceAll(/net_\w+/g, (name) => name.toUpperCase())}`,
          );
          expect(output).not.toContain('the agent runs');
          expect(code).toBe(1);
        },
        60_000,
      );
    });

    /** The command of an agent whose API server is away. */
    function startAgent(): readonly string[] {
      writeFileSync(join(folder, 'root/kubeconfig-of-nobody'), JSON.stringify(kubeconfigOfNobody));
      const flags = ['--node', 'n1', '--peer-address', '127.0.0.1', '--namespace', 'egressip-ipam-operator'];
      return [...agentCommand, ...flags, '--kubeconfig', '/kubeconfig-of-nobody'];
    }

    it(
      'runs as the operator of a cluster, with provider aws, and ends when told to',
      { timeout: 120_000, ...unless(findEnvtestAssets() === undefined, noRealServer) },
      async () => {
        await server?.writeKubeconfig(join(folder, 'root/kubeconfig'));
        chmodSync(join(folder, 'root/kubeconfig'), 0o644);
        const cloud = ['--provider', 'aws', '--cloud-region', 'eu-central-1', '--cloud-endpoint', 'http://127.0.0.1:9'];
        const child = run(
          [
            '/nodejs/bin/node',
            '--min-semi-space-size=8',
            '/operator/cli.js',
            'run',
            '--kubeconfig',
            '/kubeconfig',
            '--network',
            'openshift-sdn',
            ...cloud,
            '--metrics-bind-address',
            '127.0.0.1:0',
            '--health-probe-bind-address',
            '0',
          ],
          { environment: { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' } },
        );
        const ended = outcome(child);
        child.stderr?.once('data', () => child.kill('SIGTERM'));
        const { output } = await ended;
        expect(output).not.toMatch(/ERR_MODULE_NOT_FOUND|Cannot find|EROFS|EACCES|permission denied/);
        expect(output).not.toBe('');
      },
    );
  });
});

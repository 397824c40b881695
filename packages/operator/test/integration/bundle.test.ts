import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ResourceClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { namespaces, nodes } from './support/resources.ts';
import { bothServers, root, startServer, type TestServer } from './support/start-server.ts';
import { unless } from '../../../../tools/testing/unless.ts';

const run = promisify(execFile);
const bundle = join(root, 'packages/operator/dist/cli.js');

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Record<string, unknown> }[];
  readonly users: { user: Record<string, unknown> }[];
}

// What is shipped leaves out most of the Kubernetes library: whatever a kubeconfig can say must still work. (`npm test`
// builds it.)
describe.each(bothServers)(
  'the bundled command, on %s',
  unless(!existsSync(bundle), 'the command is not built: npm run build'),
  (name) => {
    let server: TestServer;
    let folder: string;
    let proxy: Server;
    let tunnels = 0;

    beforeAll(async () => {
      server = await startServer(name, ['hostsubnets', 'netnamespaces']);
      folder = await mkdtemp(join(tmpdir(), 'bundle-test-'));
      await new ResourceClient(server.rest, nodes).create({ metadata: { name: 'n1' } });
      await new ResourceClient(server.rest, namespaces).create({ metadata: { name: 'shop' } });
      proxy = createServer((socket) => tunnel(socket, () => (tunnels += 1)));
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
    }, 120_000);
    afterAll(async () => {
      proxy.close();
      await rm(folder, { recursive: true });
      await server.stop();
    }, 60_000);

    /** Asks the cluster for a plan by a kubeconfig that is changed first. */
    const planBy = async (change: (config: Kubeconfig) => void): Promise<string> => {
      const config = parse(await readFile(server.kubeconfig, 'utf8')) as Kubeconfig;
      change(config);
      const path = join(folder, 'kubeconfig');
      await writeFile(path, stringify(config));
      const { stdout } = await run(process.execPath, [
        bundle,
        'plan',
        '--live',
        '--kubeconfig',
        path,
        '--output',
        'json',
        '--network',
        'openshift-sdn',
      ]);
      return stdout;
    };
    const expected = expect.objectContaining({ steps: [] });

    it('reads a cluster with a token', async () => {
      expect(JSON.parse(await planBy(() => undefined))).toEqual(expected);
    });

    it('reads a cluster with what an exec plug-in says', async () => {
      const credential = {
        apiVersion: 'client.authentication.k8s.io/v1',
        kind: 'ExecCredential',
        status: { token: 'operator' },
      };
      const plan = await planBy(({ users }) => {
        for (const entry of users)
          entry.user = {
            exec: {
              apiVersion: credential.apiVersion,
              interactiveMode: 'Never',
              command: process.execPath,
              args: ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`],
            },
          };
      });
      expect(JSON.parse(plan)).toEqual(expected);
    });

    it('reads a cluster through a proxy', async () => {
      const { port } = proxy.address() as AddressInfo;
      const plan = await planBy(({ clusters }) =>
        clusters.forEach(({ cluster }) => Object.assign(cluster, { 'proxy-url': `http://127.0.0.1:${port}` })),
      );
      expect(JSON.parse(plan)).toEqual(expected);
      expect(tunnels).toBeGreaterThan(0);
    });
  },
);

/** CONNECT host:port, and from there on bytes. */
function tunnel(socket: Socket, onTunnel: () => void): void {
  socket.once('data', (head) => {
    const [, host = '', port = ''] = /^CONNECT ([^:]+):(\d+)/.exec(head.toString('latin1')) ?? [];
    const target = connect(Number(port), host, () => {
      onTunnel();
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
}

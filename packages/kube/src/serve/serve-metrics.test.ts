import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { answer, startTestServer, until, type TestServer } from '../testing/test-server.ts';
import { selfSigned } from './self-signed.ts';
import { serveMetrics, type MetricsFlags } from './serve-metrics.ts';
import type { TextServer } from './text-server.ts';

interface Scrape {
  readonly status: number | undefined;
  readonly text: string;
  readonly challenge: string | undefined;
  readonly name: string;
}

describe('serveMetrics', () => {
  const clock = new FakeClock();
  let api: TestServer;
  let server: TextServer | undefined;
  afterEach(async () => {
    await server?.close();
    await api.close();
  });

  async function open(flags: Partial<MetricsFlags> = {}): Promise<void> {
    api = await startTestServer((_, response, body) => {
      const { spec } = JSON.parse(body) as { readonly spec: { readonly token?: string } };
      const user = { username: 'prometheus' };
      answer(response, 201, { status: { authenticated: spec.token === 'good', user, allowed: true } });
    });
    server = await serveMetrics(
      { metricsBindAddress: '127.0.0.1:0', metricsSecure: true, ...flags },
      { rest: api.client, clock, text: () => 'up 1\n', warn: () => undefined },
    );
  }

  /** Asks over TLS, whoever signed the certificate. */
  function scrape(token?: string, path = '/metrics'): Promise<Scrape> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      request({ port: server?.port, path, headers, rejectUnauthorized: false, agent: false }, (response) => {
        let text = '';
        const name = (response.socket as TLSSocket).getPeerCertificate().subject.CN;
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('end', () =>
            resolve({
              status: response.statusCode,
              text,
              challenge: response.headers['www-authenticate'],
              name: typeof name === 'string' ? name : '',
            }),
          );
      })
        .on('error', reject)
        .end();
    });
  }

  it('answers who may, over TLS', async () => {
    await open();
    expect(await scrape('good')).toMatchObject({ status: 200, text: 'up 1\n' });
  });

  it('answers nobody else, whatever the path', async () => {
    await open();
    expect(await scrape()).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(await scrape('wrong')).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(await scrape(undefined, '/nothing')).toMatchObject({ status: 401 });
    expect(await scrape('good', '/nothing')).toMatchObject({ status: 404 });
  });

  it('answers ten scrapes in a second; those that are refused do not count', async () => {
    await open();
    for (let count = 0; count < 20; count++) await scrape();
    const statuses: unknown[] = [];
    for (let count = 0; count < 11; count++) statuses.push((await scrape('good')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
  });

  it('answers plain HTTP, to everyone, when it is told so', async () => {
    await open({ metricsSecure: false });
    const response = await fetch(`http://127.0.0.1:${server?.port}/metrics`);
    expect([response.status, await response.text()]).toEqual([200, 'up 1\n']);
    expect(api.requests).toEqual([]);
  });

  it('goes over to a new certificate without a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'metrics-'));
    const put = async (name: string): Promise<void> => {
      const { certificate, key } = selfSigned([name], clock.now());
      await Promise.all([writeFile(join(folder, 'tls.crt'), certificate), writeFile(join(folder, 'tls.key'), key)]);
    };
    try {
      await put('first.example');
      await open({ metricsCertDir: folder });
      expect((await scrape('good')).name).toBe('first.example');
      await put('second.example');
      await clock.advance(10_000);
      await until(() => clock.pending > 0);
      expect((await scrape('good')).name).toBe('second.example');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('serves nothing on 0', async () => {
    await open({ metricsBindAddress: '0' });
    expect(server).toBeUndefined();
  });
});

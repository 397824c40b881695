import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { until } from '../testing/test-server.ts';
import { CertificateSource } from './certificate-source.ts';
import { selfSigned, type KeyPair } from './self-signed.ts';

describe('CertificateSource', () => {
  const clock = new FakeClock();
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'certificate-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const pair = (name: string): KeyPair => selfSigned([name], clock.now());
  const put = ({ certificate, key }: KeyPair): Promise<unknown> =>
    Promise.all([writeFile(join(folder, 'tls.crt'), certificate), writeFile(join(folder, 'tls.key'), key)]);

  it('makes one of its own where there is no folder', async () => {
    const source = await CertificateSource.open({ clock });
    expect(new X509Certificate(source.current.certificate).subjectAltName).toBe(`DNS:${hostname()}, DNS:localhost`);
  });

  it('refuses a folder without a certificate, and a key that is not that of the certificate', async () => {
    await expect(CertificateSource.open({ clock, folder })).rejects.toThrow(/tls\.crt/);
    await put({ certificate: pair('a').certificate, key: pair('b').key });
    await expect(CertificateSource.open({ clock, folder })).rejects.toThrow(/key/i);
  });

  it('tells of files that changed, keeps the last pair while they are wrong, and says so once', async () => {
    await put(pair('first'));
    const errors: unknown[] = [];
    const source = await CertificateSource.open({ clock, folder, onError: (error) => errors.push(error) });
    const told: KeyPair[] = [];
    source.follow((changed) => told.push(changed));
    /** Lets the time for a look pass, and waits until it is over. */
    const look = async (): Promise<void> => {
      await clock.advance(10_000);
      await until(() => clock.pending > 0);
    };
    await look();
    expect(told).toEqual([]);
    const second = pair('second');
    await put({ ...second, key: pair('other').key });
    await look();
    await look();
    expect(told).toEqual([]);
    expect(errors).toHaveLength(1);
    await put(second);
    await look();
    expect(told).toEqual([second]);
    expect(source.current).toEqual(second);
    source.close();
    expect(clock.pending).toBe(0);
  });
});

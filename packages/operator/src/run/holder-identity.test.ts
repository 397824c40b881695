import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { onlyLinux, unless } from '../../../../tools/testing/unless.ts';
import { isGone, ownIdentity } from './holder-identity.ts';

const onLinux = unless(process.platform !== 'linux', onlyLinux);

/** The identity of a process that lives until it is killed. */
async function another(): Promise<{ readonly identity: string; kill(): Promise<void> }> {
  const module = JSON.stringify(new URL('holder-identity.ts', import.meta.url).href);
  const script = `import(${module}).then(({ ownIdentity }) => console.log(ownIdentity())); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    identity: data.toString().trim(),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('the identity of a holder', () => {
  it('names the host, and is another each time', () => {
    expect(ownIdentity().startsWith(`${hostname()}_`)).toBe(true);
    expect(ownIdentity()).not.toBe(ownIdentity());
  });

  it('tells that a process of this machine lives, and that it is gone once it was killed', onLinux, async () => {
    const { identity, kill } = await another();
    expect(isGone(identity)).toBe(false);
    await kill();
    expect(isGone(identity)).toBe(true);
  });

  it('takes nobody for gone who lives, or of whom that cannot be told', () => {
    const own = ownIdentity();
    expect(isGone(own)).toBe(false);
    expect(isGone('node-7_0f3ab29c41d2')).toBe(false);
    const [host, random, proof = '1-1-000000000000'] = own.split('_');
    const [, start, scope] = proof.split('-');
    // Another machine of the same name, another container or boot, and another name for this one.
    expect(isGone(`${host}_${random}_999999999-${start}-000000000000`)).toBe(false);
    expect(isGone(`elsewhere_${random}_999999999-${start}-${scope}`)).toBe(false);
  });

  it('knows a process that has the number of one before it from that one', onLinux, () => {
    const [host, random, proof = ''] = ownIdentity().split('_');
    const [pid, start, scope] = proof.split('-');
    expect(isGone(`${host}_${random}_${pid}-${Number(start) - 1}-${scope}`)).toBe(true);
    expect(isGone(`${host}_${random}_999999999-${start}-${scope}`)).toBe(true);
  });
});

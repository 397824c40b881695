import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

describe('trial', () => {
  it.each(['sdn', 'ovn', 'cilium'])(
    'shows addresses being given out and moved, on %s',
    async (network) => {
      const { code, out, error } = await runCli(['trial', '--network', network]);
      expect(error).toBe('');
      expect(code).toBe(0);
      expect(out).toMatch(/8 of 8 namespaces have their addresses on nodes/);
      expect(out).toMatch(/billing +10\.0\.0\.130, 10\.0\.1\.130, 10\.0\.2\.130 +worker-a\d, worker-b\d, worker-c\d/);
      expect(out).toMatch(/10\.0\.0\.\d+ +worker-a1 +worker-a[23]/);
    },
    60_000,
  );

  it('shows one address of each namespace in use on Antrea, and Antrea moving it', async () => {
    const { code, out, error } = await runCli(['trial', '--network', 'antrea']);
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/billing +10\.0\.0\.130 +worker-a\d/);
    expect(out).toMatch(/10\.0\.0\.\d+ +worker-a1 +worker-a[23]/);
  }, 60_000);

  it('ends where it cannot begin, as where nothing can be written', { timeout: 60_000 }, () => {
    const command = join(import.meta.dirname, '../../dist/cli.js');
    const { status, stderr } = spawnSync(process.execPath, [command, 'trial'], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: '/nonexistent' },
      timeout: 40_000,
    });
    expect(stderr).toMatch(
      /none can be made in \/nonexistent: ENOENT.*; set TMPDIR to a folder that can be written to/,
    );
    expect(status).toBe(1);
  });
});

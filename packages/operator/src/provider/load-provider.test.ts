import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadProviderModule, makeProvider } from './load-provider.ts';
import type { CloudProvider, ProviderContext } from '@egressip-ipam/core';

const working = `export const createProvider = (context) => ({ specificationVersion: 'v1', name: 'acme ' + context.region, platforms: { types: [], providerIDPrefixes: [] }, capabilities: { attach: true }, observe: async () => ({ nodes: [], cidrs: [] }), apply: async () => [] });`;

const loadProvider = async (name: string, context: ProviderContext): Promise<CloudProvider> =>
  makeProvider(name, await loadProviderModule(name), context);

describe('providers are loaded by name', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-provider-'));
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
  });
  afterEach(() => vi.restoreAllMocks());

  const install = async (name: string, code: string, more: object = { exports: './index.js' }): Promise<void> => {
    const target = join(folder, 'node_modules', name);
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'package.json'), JSON.stringify({ name, type: 'module', ...more }));
    await writeFile(join(target, 'index.js'), code);
  };

  it('finds the built-in ones', async () => {
    expect((await loadProvider('baremetal', {})).name).toBe('baremetal');
  });

  it('finds an installed package, and gives it what it is to know', async () => {
    await install('@acme/egressip-provider', working);
    expect((await loadProvider('@acme/egressip-provider', { region: 'north-1' })).name).toBe('acme north-1');
  });

  it.each<[string, unknown]>([
    ['only to those who import', { import: './index.js' }],
    [
      'by subpath and condition',
      { '.': { types: './index.d.ts', import: { node: './index.js' }, require: './absent.cjs' } },
    ],
    ['to all', { '.': './index.js' }],
  ])('finds a package that exports %s', async (_, exports) => {
    await install('@acme/modern', working, { exports });
    expect((await loadProvider('@acme/modern', { region: 'north-1' })).name).toBe('acme north-1');
  });

  it('lets none add to the prototype of all objects, when it is loaded or later', async () => {
    await install('@acme/polluting', `Object.prototype.polluted = 'yes'; ${working}`);
    await expect(loadProvider('@acme/polluting', {})).rejects.toThrow(/cannot be loaded: .*polluted.*not extensible/);
    await install('@acme/old', working.replace('async () => []', `async () => { Object.prototype.polluted = 'yes'; }`));
    const { apply } = await loadProvider('@acme/old', {});
    await expect(apply({ changes: [], signal: AbortSignal.timeout(1_000) })).rejects.toThrow(/not extensible/);
    expect('polluted' in {}).toBe(false);
  });

  it('says that it is not the provider but something of its own that is not installed', async () => {
    await install('@acme/incomplete', `import 'acme-sdk'; ${working}`);
    await expect(loadProvider('@acme/incomplete', {})).rejects.toThrow(
      /provider "@acme\/incomplete" cannot be loaded: .*acme-sdk/,
    );
    await writeFile(join(folder, 'incomplete.mjs'), `import './absent.mjs'; ${working}`);
    await expect(loadProvider(join(folder, 'incomplete.mjs'), {})).rejects.toThrow(/cannot be loaded: .*absent\.mjs/);
    await expect(loadProvider('./absent.mjs', {})).rejects.toThrow(
      /there is no provider ".\/absent.mjs": no such file/,
    );
  });

  it('finds a module by its path', async () => {
    await writeFile(join(folder, 'own.mjs'), working);
    expect((await loadProvider(join(folder, 'own.mjs'), { region: 'x' })).name).toBe('acme x');
  });

  it("finds a package by its folder's path, or by one of its subpaths", async () => {
    await install('@acme/modern', working, { exports: { '.': './absent.js', './provider': { import: './index.js' } } });
    expect((await loadProvider('@acme/modern/provider', { region: 'x' })).name).toBe('acme x');
    for (const [index, more] of [{ exports: { import: './index.js' } }, { main: 'index.js' }].entries()) {
      await install(`@acme/folder-${index}`, working, more);
      expect((await loadProvider(join(folder, `node_modules/@acme/folder-${index}`), { region: 'x' })).name).toBe(
        'acme x',
      );
    }
  });

  it.each([
    ['@acme/absent', undefined, /there is no provider "@acme\/absent".*npm install @acme\/absent/],
    ['@acme/other', 'export const version = 1;', /exports no function createProvider/],
    [
      '@acme/old',
      `export const createProvider = () => ({ specificationVersion: 'v0' });`,
      /specificationVersion is "v0", "v1" is expected/,
    ],
    [
      '@acme/half',
      `export const createProvider = () => ({ specificationVersion: 'v1', name: 'half', capabilities: { attach: false }, observe() {} });`,
      /apply is no function/,
    ],
    [
      '@acme/objects',
      `${working}; export const description = { ...createProvider({}), fromObjects: { kinds: [{ resource: {} }], observe() {} } };`,
      /fromObjects has not a list of kinds, each with a resource and a function read, and a function observe/,
    ],
    ['@acme/broken', 'export const = 1;', /provider "@acme\/broken" cannot be loaded/],
  ])('says what is wrong with %s', async (name, code, message) => {
    if (code !== undefined) await install(name, code);
    await expect(loadProvider(name, {})).rejects.toThrow(message);
  });
});

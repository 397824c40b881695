import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * The Kubernetes library does not say that its modules do nothing but export: nearly all of it would be taken along.
 */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup: (build) => {
    build.onResolve(
      { filter: /^\.|^@kubernetes\/client-node$/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (
          pluginData === 'resolving' ||
          !(path.startsWith('@kubernetes') || dirname(importer).includes('@kubernetes/client-node'))
        )
          return undefined;
        return {
          ...(await build.resolve(path, { importer, kind, resolveDir, pluginData: 'resolving' })),
          sideEffects: false,
        };
      },
    );
  },
};

/**
 * A module that imports one of Node's has it load all that stands among its exports: `fetch` and WebSocket for HTTP,
 * WebCrypto for cryptography, streams and promises for files. In the bundle each name is looked up by itself, for each
 * module that imports some, so that what it does not use is not loaded for it: of an agent, 5 MiB.
 */
const nodeByName: Plugin = {
  name: 'node-by-name',
  setup: (build) => {
    build.onResolve({ filter: /^(node:)?[a-z_0-9]+(\/[a-z]+)?$/ }, ({ path, kind, importer }) =>
      kind === 'import-statement' && isBuiltin(path)
        ? {
            path: path.replace(/^node:/, ''),
            suffix: suffixOf(importer),
            namespace: 'node-by-name',
            sideEffects: false,
          }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'node-by-name' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^[A-Za-z_]\w*$/.test(name));
      const lines = names.map(
        (name) => `const ${name}_ = /* @__PURE__ */ named('${name}');\nexport { ${name}_ as ${name} };`,
      );
      return {
        contents: [
          `const all = process.getBuiltinModule('node:${path}');`,
          'const named = (name) => all[name];',
          'export { all as default };',
          ...lines.filter((line) => !line.includes(' as default }')),
        ].join('\n'),
      };
    });
  },
};

/**
 * The Kubernetes library makes requests of its own with undici; here it only reads kubeconfigs, and requests go through
 * Node's HTTP.
 */
const withoutUndici: Plugin = {
  name: 'without-undici',
  setup: (build) => {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'without-undici' }));
    build.onLoad({ filter: /.*/, namespace: 'without-undici' }, () => ({
      contents: `class LeftOut { constructor() { throw new Error('undici is not in this bundle'); } }\nexport { LeftOut as Agent, LeftOut as fetch, LeftOut as FormData, LeftOut as ProxyAgent };`,
    }));
  },
};

/**
 * The client of Prometheus loads all that it has: clusters, worker threads and gateways, with what of Node they need.
 */
const metricsByName: Plugin = {
  name: 'metrics-by-name',
  setup: (build) => {
    build.onResolve({ filter: /^@prometheus-io\/client$/ }, async ({ path, kind, pluginData, ...from }) => {
      if (kind !== 'import-statement' || pluginData === 'resolving') return undefined;
      const { path: index } = await build.resolve(path, { kind, ...from, pluginData: 'resolving' });
      const suffix = suffixOf(from.importer);
      const source = readFileSync(from.importer, 'utf8');
      return { path: dirname(index), suffix, namespace: 'metrics-by-name', sideEffects: false, pluginData: source };
    });
    build.onResolve({ filter: /^\.\/lib\//, namespace: 'metrics-by-name' }, ({ path, importer }) => ({
      path: join(importer.replace(/\?.*/, ''), path),
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'metrics-by-name' }, ({ pluginData: source }) => ({
      contents: ['Counter', 'Gauge', 'Histogram', 'Registry', 'collectDefaultMetrics:defaultMetrics']
        .map((entry) => entry.split(':'))
        // What is named at all is bundled with who names it.
        .filter(([name = '']) => String(source).includes(name))
        .map(([name = '', file = name.toLowerCase()]) => `export { default as ${name} } from './lib/${file}.js';`)
        .join('\n'),
    }));
  },
};

/**
 * Makes what stands for a module one of each module that imports it: one for all would load for each command what any
 * of them uses.
 */
function suffixOf(importer: string): string {
  return `?${relative(import.meta.dirname, importer)}`;
}

/** How the command line is bundled, here and for the image. */
export const bundlePlugins: readonly Plugin[] = [onlyWhatIsUsed, nodeByName, metricsByName, withoutUndici];

/** yaml is CommonJS for Node, and asks for Node's own modules by require. */
export const bundleBanner =
  "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);";

/** What `--version` tells beside the version: the commit that it was built from. */
export function bundleDefine(commit: string | undefined): Record<string, string> {
  return commit === undefined || commit === '' ? {} : { EGRESSIP_IPAM_COMMIT: JSON.stringify(commit) };
}

/** Packages have a build for bundlers, of which only what is used is taken along. */
export const bundleMainFields: readonly string[] = ['module', 'main'];

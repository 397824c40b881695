import { dirname } from 'node:path';
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

const httpNames = [
  'Agent',
  'ClientRequest',
  'IncomingMessage',
  'METHODS',
  'STATUS_CODES',
  'Server',
  'ServerResponse',
  'createServer',
  'get',
  'globalAgent',
  'request',
];

/**
 * A module that imports Node's HTTP has it load `fetch` and WebSocket, too, for their names stand among its exports: 10
 * MiB.
 */
const httpAlone: Plugin = {
  name: 'http-alone',
  setup: (build) => {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'http', namespace: 'http-alone' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'http-alone' }, () => ({
      contents: `const http = process.getBuiltinModule('node:http');\nexport default http;\nexport const { ${httpNames.join(', ')} } = http;`,
    }));
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

/** How the command line is bundled, here and for the image. */
export const bundlePlugins: readonly Plugin[] = [onlyWhatIsUsed, httpAlone, withoutUndici];

/** yaml is CommonJS for Node, and asks for Node's own modules by require. */
export const bundleBanner =
  "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);";

/** What `--version` tells beside the version: the commit that it was built from. */
export function bundleDefine(commit: string | undefined): Record<string, string> {
  return commit === undefined || commit === '' ? {} : { EGRESSIP_IPAM_COMMIT: JSON.stringify(commit) };
}

/** Packages have a build for bundlers, of which only what is used is taken along. */
export const bundleMainFields: readonly string[] = ['module', 'main'];

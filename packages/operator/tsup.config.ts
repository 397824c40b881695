import { defineConfig } from 'tsup';

export default defineConfig([
  {
    entry: { index: 'src/index.ts' },
    format: ['esm'],
    target: 'node22',
    dts: true,
    sourcemap: true,
  },
  {
    // Starts fast: what the commands on files use is in one file; what is imported on use (clusters, clouds) stays in others.
    // Of the Kubernetes library only what reads kubeconfigs is taken along: loaded whole it takes 90 MiB of memory.
    entry: { cli: 'src/cli.ts' },
    format: ['esm'],
    target: 'node22',
    minify: true,
    splitting: true,
    noExternal: ['@egressip-ipam/core', '@egressip-ipam/kube', '@kubernetes/client-node', 'commander', 'yaml'],
    // yaml is CommonJS for Node, and asks for Node's own modules by require.
    banner: { js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);" },
  },
]);

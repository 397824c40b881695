import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtInNetworks } from '../../packages/operator/src/built-in/networks.ts';
import { egressIPAMs, infrastructures, namespaces, nodes } from '../../packages/operator/src/network/resources.ts';
import { root } from './code-blocks.ts';

interface Form {
  readonly body: readonly { readonly id: string; readonly attributes: { readonly description?: string } }[];
}

// kubectl prints nothing at all where one of several kinds is not served, and no cluster serves those of all networks.
it('a bug report asks for each kind that networks read by itself', async () => {
  const form = parse(readFileSync(join(root, '.github/ISSUE_TEMPLATE/bug.yml'), 'utf8')) as Form;
  const asked = form.body.find(({ id }) => id === 'snapshot')?.attributes.description ?? '';
  const loop = /for kind in ([^;]+); do kubectl get \$kind -A -o yaml 2> ?\/dev\/null && echo ---; done/.exec(asked);
  const networks = await Promise.all(
    Object.values(builtInNetworks).map(async (load) => (await load()) as { network: { kinds: readonly Kind[] } }),
  );
  const read = [
    ...[egressIPAMs, namespaces, nodes, infrastructures],
    ...networks.flatMap(({ network }) => network.kinds.map(({ resource }) => resource)),
  ];
  // Whole ConfigMaps are no business of ours.
  const wanted = new Set(read.map(({ plural }) => plural).filter((plural) => plural !== 'configmaps'));
  expect((loop?.[1] ?? '').split(/\s+/).sort()).toEqual([...wanted, 'egressnodes'].sort());
});

interface Kind {
  readonly resource: { readonly plural: string };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeBuiltInProviders } from '../../src/provider/load-provider.ts';
import { loadBuiltInNetworks } from '../../src/network/load-network.ts';
import {
  egressIPAMs,
  infrastructures,
  namespaces,
  networks,
  nodes,
  serviceCIDRs,
  services,
} from '../../src/network/resources.ts';

const own = [egressIPAMs, infrastructures, namespaces, networks, nodes, services, ...serviceCIDRs];
const fullName = ({ plural, group }: { readonly plural: string; readonly group: string }): string =>
  group === '' ? plural : `${plural}.${group}`;

it.each(['README.md', 'packages/operator/README.md'])('%s asks for all that a plan is made from', async (file) => {
  const text = readFileSync(fileURLToPath(new URL(`../../../../${file}`, import.meta.url)), 'utf8');
  const asked = new RegExp(/grep -E '(.*)'/.exec(text)?.[1] ?? 'nothing');
  const backends = await loadBuiltInNetworks();
  const lasting = backends.flatMap(({ kinds }) => kinds.filter(({ momentary }) => momentary !== true));
  const platforms = (await describeBuiltInProviders()).flatMap(({ fromObjects }) => fromObjects?.kinds ?? []);
  const [ofOperator, others] = [true, false].map((is) =>
    platforms.filter(({ namespace }) => (typeof namespace === 'object') === is).map(({ resource }) => resource),
  );
  for (const { plural } of ofOperator ?? []) expect(text).toContain(`kubectl get ${plural} --all-namespaces -l `);
  const names = [...own, ...(others ?? []), ...lasting.map(({ resource }) => resource)].map(fullName);
  expect(names.filter((name) => !asked.test(name))).toEqual([]);
  expect(['secrets', 'pods', 'networks.operator.openshift.io'].filter((name) => asked.test(name))).toEqual([]);
  for (const map of backends.flatMap(({ configMaps = [] }) => configMaps)) expect(text).toContain(` ${map}`);
});

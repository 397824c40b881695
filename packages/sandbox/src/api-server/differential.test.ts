import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { networkCrds } from '../crds/index.ts';
import { findEnvtestAssets, installCrds, startEnvtest } from '../envtest/index.ts';
import { createApiServer } from './create-api-server.ts';
import { runScenario } from './testing/run-scenario.ts';
import { scenario } from './testing/scenario.ts';
import { widgetCrd } from './testing/widget-crd.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

const egressIpamFile = fileURLToPath(new URL('../../../operator/test/deploy/original-crd.yaml', import.meta.url));

describe('answers as kube-apiserver does', unless(findEnvtestAssets() === undefined, noRealServer), () => {
  let real = new Map<string, unknown>();
  let ours = new Map<string, unknown>();

  beforeAll(async () => {
    const crds = Object.values(networkCrds);
    const [envtest, server] = await Promise.all([
      startEnvtest(),
      createApiServer({
        crds: [widgetCrd, await readFile(egressIpamFile, 'utf8'), ...crds],
        finalizeNamespaces: false,
      }),
    ]);
    const client = envtest.client();
    try {
      const widgetFile = join(envtest.folder, 'widgets.yaml');
      await writeFile(widgetFile, widgetCrd);
      await installCrds(client, [widgetFile, egressIpamFile, ...crds]);
      const { url, adminToken: token, ca } = envtest;
      [real, ours] = await Promise.all([runScenario({ url, token, ca }, scenario), runScenario(server, scenario)]);
    } finally {
      client.close();
      await Promise.all([envtest.stop(), server.stop()]);
    }
  });

  it.each(scenario.map(({ title }) => title))('%s', (title) => {
    expect(real.get(title)).toBeDefined();
    expect(ours.get(title)).toEqual(real.get(title));
  });
});

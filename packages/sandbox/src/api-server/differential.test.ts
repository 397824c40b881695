import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findEnvtestAssets, installCrds, startEnvtest } from '../envtest/index.ts';
import { createApiServer } from './create-api-server.ts';
import { runScenario } from './testing/run-scenario.ts';
import { scenario } from './testing/scenario.ts';
import { widgetCrd } from './testing/widget-crd.ts';

const assets = findEnvtestAssets();
// The definitions of OpenShift and OVN-Kubernetes lie beside the programs, where they are.
const crdFolder = resolve(assets ?? '', '../crds');

// Needs kube-apiserver, etcd (tools/envtest says how to get them) and those definitions.
describe.skipIf(assets === undefined || !existsSync(crdFolder))('answers as kube-apiserver does', () => {
  let real = new Map<string, unknown>();
  let ours = new Map<string, unknown>();

  beforeAll(async () => {
    const files = readdirSync(crdFolder).map((file) => join(crdFolder, file));
    const crds = [widgetCrd, ...files.map((file) => readFileSync(file, 'utf8'))];
    const [envtest, server] = await Promise.all([startEnvtest(), createApiServer({ crds, finalizeNamespaces: false })]);
    const client = envtest.client();
    try {
      const widgetFile = join(envtest.folder, 'widgets.yaml');
      await writeFile(widgetFile, widgetCrd);
      await installCrds(client, [widgetFile, ...files]);
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

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from './api-object.ts';
import { createApiServer } from './create-api-server.ts';
import type { Endpoint } from './testing/http-exchange.ts';
import { exchange } from './testing/http-exchange.ts';
import { findReferenceServer, sharedFolder, startReferenceServer } from './testing/reference-server.ts';
import { runScenario } from './testing/run-scenario.ts';
import { scenario } from './testing/scenario.ts';
import { widgetCrd } from './testing/widget-crd.ts';

const assets = findReferenceServer();
const crdFolder = join(sharedFolder, 'crds');
const missing = [
  ...(assets ? [] : ['kube-apiserver and etcd (set KUBEBUILDER_ASSETS)']),
  ...(existsSync(crdFolder) ? [] : ['the CustomResourceDefinitions in ../shared/crds']),
];
const files = missing.length > 0 ? [] : readdirSync(crdFolder);
const crds = [widgetCrd, ...files.map((file) => readFileSync(join(crdFolder, file), 'utf8'))];
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Creates the definitions on a real server, which serves them a moment later. */
async function install(endpoint: Endpoint): Promise<void> {
  for (const body of crds) await exchange(endpoint, { method: 'POST', path: definitions, body, mediaType: 'application/yaml' });
  await Promise.all(crds.map((crd) => waitUntilServed(endpoint, collectionPath(crd))));
}

function collectionPath(crd: string): string {
  const definition: unknown = parse(crd);
  const spec = isRecord(definition) && isRecord(definition['spec']) ? definition['spec'] : {};
  const names = isRecord(spec['names']) ? spec['names'] : {};
  const [version]: unknown[] = Array.isArray(spec['versions']) ? spec['versions'] : [];
  return `/apis/${String(spec['group'])}/${String(isRecord(version) ? version['name'] : '')}/${String(names['plural'])}`;
}

async function waitUntilServed(endpoint: Endpoint, path: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await exchange(endpoint, { method: 'GET', path })).code === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} was not served within 10 s`);
}

describe.skipIf(missing.length > 0)(`the sandbox answers as kube-apiserver does (needs ${missing.join(', ') || 'nothing more'})`, () => {
  let real = new Map<string, unknown>();
  let ours = new Map<string, unknown>();

  beforeAll(async () => {
    const reference = await startReferenceServer(assets ?? '');
    const server = await createApiServer({ crds, finalizeNamespaces: false });
    try {
      await install(reference);
      [real, ours] = await Promise.all([runScenario(reference, scenario), runScenario(server, scenario)]);
    } finally {
      await Promise.all([reference.stop(), server.stop()]);
    }
  });

  it.each(scenario.map(({ title }) => title))('%s', (title) => {
    expect(ours.get(title)).toEqual(real.get(title));
  });
});

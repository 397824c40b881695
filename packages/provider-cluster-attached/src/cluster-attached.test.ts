import { describe, expect, it } from 'vitest';
import * as clouds from './index.ts';

const all = Object.entries(clouds);

describe.each(all)('%s', (name, { createProvider, description }) => {
  it('is a cloud of this name on which nothing is attached from here', async () => {
    expect(description).toMatchObject({ name, capabilities: { attach: false } });
    // Networks go by what a controller announces where there is one.
    expect(description?.isCloud === true).toBe(['azure', 'gcp', 'openstack'].includes(name));
    expect(await createProvider({})).toMatchObject({ name });
  });
});

it('no two clouds are for the same platform', () => {
  const signs = all.flatMap(([, { description }]) => [
    ...(description?.platforms.types ?? []),
    ...(description?.platforms.providerIDPrefixes ?? []),
  ]);
  expect(new Set(signs).size).toBe(signs.length);
});

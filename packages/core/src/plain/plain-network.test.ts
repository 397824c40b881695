import { describe, it } from 'vitest';
import { describeNetworkBackend } from '../testing/laws/describe-network-backend.ts';
import { plain } from './plain-network.ts';

describeNetworkBackend({
  name: 'plain',
  backend: plain,
  attaches: false,
  runs: Number(process.env['LAW_RUNS'] ?? 40),
  describe,
  it,
  skip: it.skip,
});

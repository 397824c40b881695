#!/usr/bin/env node
// An old Node would end with an error of its own while it loads the rest: it is asked first.
import { oldestNode, supportsNode } from './supports-node.ts';

if (supportsNode(process.versions.node)) await import('./start.ts');
else {
  process.stderr.write(
    `egressip-ipam: this is Node ${process.versions.node}, which is too old: Node ${oldestNode} or later is needed, best 24.\n`,
  );
  process.exitCode = 1;
}

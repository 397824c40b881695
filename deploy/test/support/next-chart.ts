import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { chartFolder, deployPath } from '../../src/paths.ts';

/** Writes the chart as its next version will be, with one field more in the definition, and tells into which folder. */
export function nextChart(folder: string): string {
  const next = join(folder, 'next');
  cpSync(deployPath(chartFolder), next, { recursive: true });
  const version = parseDocument(readFileSync(join(next, 'Chart.yaml'), 'utf8'));
  version.set('version', '99.0.0');
  writeFileSync(join(next, 'Chart.yaml'), version.toString());
  const file = join(next, 'files/redhatcop.redhat.io_egressipams.yaml');
  const definition = parseDocument(readFileSync(file, 'utf8'));
  definition.setIn(
    ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec', 'properties', 'fieldOfTheNextVersion'],
    { type: 'string' },
  );
  writeFileSync(file, definition.toString());
  return next;
}

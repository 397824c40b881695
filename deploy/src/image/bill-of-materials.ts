import { readFileSync, writeFileSync } from 'node:fs';
import type { BillOfMaterials, BomComponent } from './notices.ts';

interface Linked {
  readonly 'bom-ref'?: string;
}

interface LinkedBill extends BillOfMaterials {
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** Modules that plug-ins of the bundler make up are a part of ours, and no component of their own. */
export function removeMadeUpModules(file: string): BillOfMaterials {
  const bill = JSON.parse(readFileSync(file, 'utf8')) as LinkedBill;
  const isMadeUp = ({ properties = [] }: BomComponent): boolean =>
    properties.some(({ name, value }) => name === 'cdx:esbuild:input:isVirtual' && value === 'true');
  const references = new Set(
    (bill.components ?? []).filter(isMadeUp).map((component) => (component as Linked)['bom-ref']),
  );
  const without: LinkedBill = {
    ...bill,
    components: (bill.components ?? []).filter((component) => !isMadeUp(component)),
    dependencies: (bill.dependencies ?? [])
      .filter(({ ref }) => !references.has(ref))
      .map((entry) =>
        entry.dependsOn === undefined
          ? entry
          : { ...entry, dependsOn: entry.dependsOn.filter((ref) => !references.has(ref)) },
      ),
  };
  writeFileSync(file, `${JSON.stringify(without, null, 2)}\n`);
  return without;
}

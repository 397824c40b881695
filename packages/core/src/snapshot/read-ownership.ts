import { asRecord, type ObjectReader } from './object-reader.ts';
import { fieldManager, ownershipLabel } from './names.ts';

/**
 * The EgressIPAM that an object is labelled with; empty where the label is gone and its managed fields say that we made
 * it; undefined where it is somebody else's. A back end asks for a name that we give, too: a copy has another.
 */
export function readOwnership(reader: ObjectReader): string | undefined {
  const label = reader.text('metadata', 'labels', ownershipLabel);
  if (label !== undefined) return label;
  const isOurs = reader.list('metadata', 'managedFields').some((entry) => {
    const { manager, operation } = asRecord(entry);
    return manager === fieldManager && operation === 'Apply';
  });
  return isOurs ? '' : undefined;
}

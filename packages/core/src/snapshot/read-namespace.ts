import { allocatedAnnotation, egressIPAMAnnotation, egressIPsAnnotation } from './names.ts';
import type { Read } from '../finding/read.ts';
import { ObjectReader } from './object-reader.ts';
import type { NamespaceSnapshot } from './snapshot.ts';

/** Reads a Namespace. Never throws. */
export function readNamespace(object: unknown): Read<NamespaceSnapshot> {
  const reader = new ObjectReader(object, 'Namespace');
  const labels = reader.map('metadata', 'labels');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const egressIPAM = reader.text('metadata', 'annotations', egressIPAMAnnotation);
  const egressIPs = reader.text('metadata', 'annotations', egressIPsAnnotation);
  const allocated = reader.text('metadata', 'annotations', allocatedAnnotation);
  return reader.result({
    name: reader.name,
    createdAt: reader.text('metadata', 'creationTimestamp') ?? '',
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(egressIPAM === undefined ? {} : { egressIPAM }),
    ...(egressIPs === undefined ? {} : { egressIPs }),
    ...(allocated === undefined ? {} : { allocated }),
  });
}

import type { JsonRecord } from '../api-server/api-object.ts';
import type { StructuralSchema } from '../api-server/schema/structural-schema.ts';
import { emptyObject, object, text } from './schema.ts';

/** A CustomResourceDefinition with one version, as it is POSTed. */
export interface CustomResourceDefinition extends JsonRecord {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
}

/** A column that `kubectl get` shows. */
export interface PrinterColumn {
  readonly name: string;
  readonly jsonPath: string;
  readonly type: string;
}

/** A column of texts, unless another type is named. */
export const column = (name: string, jsonPath: string, type = 'string'): PrinterColumn => ({ name, jsonPath, type });

interface CrdParts {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced?: boolean;
  readonly hasStatus?: boolean;
  /** Where the numbers of replicas are. */
  readonly scale?: JsonRecord;
  readonly columns?: readonly PrinterColumn[];
  /** Rules for metadata. */
  readonly metadata?: StructuralSchema;
  readonly required?: readonly string[];
  /** The fields beside `apiVersion`, `kind` and `metadata`. */
  readonly fields: Readonly<Record<string, StructuralSchema>>;
}

/** Puts the parts of a definition together that differ from one to the next. */
export function defineCrd(parts: CrdParts): CustomResourceDefinition {
  const {
    group,
    version,
    kind,
    plural,
    shortNames,
    categories,
    namespaced = false,
    hasStatus = false,
    scale,
    columns,
    metadata = emptyObject,
    required,
    fields,
  } = parts;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        plural,
        singular: kind.toLowerCase(),
        kind,
        listKind: `${kind}List`,
        ...(shortNames && { shortNames }),
        ...(categories && { categories }),
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: object(
              { apiVersion: text(), kind: text(), metadata, ...fields },
              required && { required },
            ),
          },
          ...((hasStatus || scale) && { subresources: { ...(hasStatus && { status: {} }), ...(scale && { scale }) } }),
          ...(columns && { additionalPrinterColumns: columns }),
        },
      ],
    },
  };
}

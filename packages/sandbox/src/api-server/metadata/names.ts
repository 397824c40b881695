import type { FieldError } from '../schema/field-error.ts';
import { invalidValue } from '../schema/field-error.ts';

/** A rule for names: the problems of one, as sentences; none for a good one. */
export type NameRule = (name: string) => string[];

const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualifiedName})?`;

const matches = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text);

/** RFC 1123 subdomain, the rule for most kinds. Wording: k8s.io/apimachinery validation. */
export const subdomainName: NameRule = (name) => [
  ...(name.length > 253 ? ['must be no more than 253 characters'] : []),
  ...(matches(subdomain, name)
    ? []
    : [
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
          `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
      ]),
];

/** RFC 1123 label, the rule for namespaces. */
export const labelName: NameRule = (name) => [
  ...(name.includes('.') ? ['must not contain dots'] : []),
  ...(name.length > 63 ? ['must be no more than 63 characters'] : []),
  ...(matches(label, name.replaceAll('.', ''))
    ? []
    : [
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
          `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
      ]),
];

/** Names the storage accepts at all, the rule for Events. */
export const pathSegmentName: NameRule = (name) =>
  name === '.' || name === '..' || /[/%]/.test(name) ? ["may not be '.' or '..' or contain '/' or '%'"] : [];

/** The problems of a label or annotation key, or of a finalizer: an optional DNS prefix, `/`, a name. */
export const qualifiedNameRule: NameRule = (key) => {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  return [
    ...(prefix === undefined || matches(subdomain, prefix) ? [] : [`prefix part ${subdomainName(prefix).join(' ')}`]),
    ...(name.length > 63 ? ['name part must be no more than 63 characters'] : []),
    ...(matches(qualifiedName, name)
      ? []
      : [
          "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
            `character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`,
        ]),
  ];
};

const labelValueRule: NameRule = (value) => [
  ...(value.length > 63 ? ['must be no more than 63 characters'] : []),
  ...(matches(labelValue, value)
    ? []
    : [
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
          `with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`,
      ]),
];

const check = (field: string, value: string, rule: NameRule): FieldError[] =>
  rule(value).map((why) => invalidValue(field, value, why));

/** The problems of an object's labels, keys and values. */
export const validateLabels = (labels: Readonly<Record<string, string>>): FieldError[] =>
  Object.entries(labels).flatMap(([key, value]) => [
    ...check('metadata.labels', key, qualifiedNameRule),
    ...check('metadata.labels', value, labelValueRule),
  ]);

/** The problems of an object's annotation keys, and of their size taken together (256 KiB). */
export function validateAnnotations(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors = Object.keys(annotations).flatMap((key) =>
    check('metadata.annotations', key, (name) => qualifiedNameRule(name.toLowerCase())),
  );
  const bytes = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  if (bytes <= 262_144) return errors;
  return [
    ...errors,
    {
      field: 'metadata.annotations',
      reason: 'FieldValueTooLong',
      message: 'Too long: may not be more than 262144 bytes',
    },
  ];
}

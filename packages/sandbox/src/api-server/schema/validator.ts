import { Ajv } from 'ajv';
import type { ErrorObject, Options } from 'ajv';
import { isRecord } from '../api-object.ts';
import type { FieldError } from './field-error.ts';
import { invalidValue, requiredValue } from './field-error.ts';
import { numberFormats, stringFormats } from './formats.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Checks an object against its schema: types, bounds, patterns, enums, formats, required fields. */
export type SchemaValidator = (object: unknown) => FieldError[];

const options: Options = {
  allErrors: true,
  verbose: true,
  strict: false,
  // Go's regular expressions allow escapes that JavaScript's unicode mode refuses.
  unicodeRegExp: false,
  // Kubernetes ignores the formats it does not know; without this, ajv would say so on the console.
  logger: false,
};

function createAjv(): Ajv {
  const ajv = new Ajv(options);
  for (const [name, validate] of Object.entries(stringFormats)) ajv.addFormat(name, { type: 'string', validate });
  for (const [name, validate] of Object.entries(numberFormats)) ajv.addFormat(name, { type: 'number', validate });
  return ajv;
}

/** A validator for one schema; it compiles on first use, because large schemas take long and many are never used. */
export function createValidator(schema: StructuralSchema): SchemaValidator {
  let compiled: ((object: unknown) => ErrorObject[]) | undefined;
  return (object) => {
    compiled ??= compile(schema);
    return compiled(object).flatMap(toFieldErrors);
  };
}

function compile(schema: StructuralSchema): (object: unknown) => ErrorObject[] {
  const root = toJsonSchema(schema);
  // Metadata has rules of its own, the same for all kinds.
  if (isRecord(root) && isRecord(root['properties'])) delete root['properties']['metadata'];
  const validate = createAjv().compile(isRecord(root) ? root : true);
  return (object) => {
    validate(object);
    return validate.errors ?? [];
  };
}

/** OpenAPI v3.0's dialect as the JSON Schema that ajv knows. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (!isRecord(schema)) return schema;
  const { default: _default, description: _description, example: _example, ...rest } = schema;
  const converted: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(rest)) {
    if (keyword.startsWith('x-kubernetes-')) continue;
    if (keyword === 'properties' && isRecord(value)) {
      converted[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, field]) => [name, toJsonSchema(field)]),
      );
    } else converted[keyword] = ['enum', 'required'].includes(keyword) ? value : toJsonSchema(value);
  }
  if (schema['x-kubernetes-int-or-string'] === true) converted['type'] = ['integer', 'string'];
  if (converted['type'] === undefined) delete converted['nullable'];
  for (const bound of ['Minimum', 'Maximum']) {
    const exclusive = `exclusive${bound}`;
    if (converted[exclusive] === true) converted[exclusive] = converted[bound.toLowerCase()];
    else delete converted[exclusive];
  }
  return converted;
}

/** `/spec/items/0/name` as `spec.items[0].name`. */
function toFieldPath(instancePath: string): string {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '');
}

const jsonType = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float64';
  return typeof value;
};

const boundPhrases: Readonly<Record<string, string>> = {
  '>=': 'greater than or equal to',
  '>': 'greater than',
  '<=': 'less than or equal to',
  '<': 'less than',
};

const wrongType = (field: string, value: string, expected: string): FieldError => ({
  field,
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: "${value}": ${field} in body must be of type ${expected}: "${value}"`,
});

function formatOf({ parentSchema }: ErrorObject): string | undefined {
  const format: unknown = parentSchema?.['format'];
  return typeof format === 'string' ? format : undefined;
}

/** One ajv error in Kubernetes' words. Source of the wording: kube-openapi's validation, as seen on Kubernetes 1.36. */
function toFieldErrors(error: ErrorObject): FieldError[] {
  const { keyword, params, data } = error;
  const field = toFieldPath(error.instancePath);
  const inBody = (why: string): FieldError[] => [invalidValue(field, data, `${field} in body ${why}`)];
  switch (keyword) {
    case 'required': {
      const missing = String(params['missingProperty']);
      return [requiredValue(field ? `${field}.${missing}` : missing)];
    }
    case 'type': {
      const types = String(params['type'])
        .split(',')
        .filter((type) => type !== 'null');
      // Only a number that is not whole is measured against the format.
      const format = typeof data === 'number' ? formatOf(error) : undefined;
      return [wrongType(field, jsonType(data), format ?? types.join(','))];
    }
    case 'enum': {
      const allowed = (Array.isArray(params['allowedValues']) ? params['allowedValues'] : []).map((value) =>
        JSON.stringify(value),
      );
      const message = `Unsupported value: ${JSON.stringify(data)}: supported values: ${allowed.join(', ')}`;
      return [{ field, reason: 'FieldValueNotSupported', message }];
    }
    case 'pattern':
      return inBody(`should match '${String(params['pattern'])}'`);
    case 'format': {
      const format = String(params['format']);
      if (typeof data === 'string') return [wrongType(field, data, format)];
      // Kubernetes reports these without a path.
      const why = `Checked value must be of type integer with format ${format} in ${field}`;
      return [{ field: '<nil>', reason: 'FieldValueInvalid', message: `Invalid value: "": ${why}` }];
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return inBody(`should be ${boundPhrases[String(params['comparison'])] ?? ''} ${String(params['limit'])}`);
    case 'minLength':
      return inBody(`should be at least ${String(params['limit'])} chars long`);
    case 'maxLength':
      return [
        {
          field,
          reason: 'FieldValueTooLong',
          message: `Too long: may not be more than ${String(params['limit'])} bytes`,
        },
      ];
    case 'minItems':
      return [
        invalidValue(field, lengthOf(data), `${field} in body should have at least ${String(params['limit'])} items`),
      ];
    case 'maxItems':
      return [
        {
          field,
          reason: 'FieldValueTooMany',
          message: `Too many: ${lengthOf(data)}: must have at most ${String(params['limit'])} items`,
        },
      ];
    case 'anyOf':
    case 'oneOf':
    case 'not':
      return inBody(`must validate ${keyword === 'not' ? 'none' : 'one'} of the schemas of ${keyword}`);
    default:
      return inBody(error.message ?? `does not satisfy ${keyword}`);
  }
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

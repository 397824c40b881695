import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { code, plain, table } from './markdown.mjs';

/** The fields of a CustomResourceDefinition's newest version. */
export function definitionPage(file) {
  const { spec } = parse(readFileSync(file, 'utf8'));
  const version = spec.versions.find(({ storage }) => storage);
  const { description = '', properties } = version.schema.openAPIV3Schema;
  const columns = (version.additionalPrinterColumns ?? []).map(({ name, description: about = '', jsonPath }) => [
    name,
    plain(about),
    code(jsonPath),
  ]);
  return `# ${spec.names.kind}

${plain(description)}

\`apiVersion: ${spec.group}/${version.name}\`, \`kind: ${spec.names.kind}\`, ${spec.scope === 'Cluster' ? 'of the cluster' : 'in a namespace'}.
Made from the definition; \`kubectl explain ${spec.names.singular}.spec\` says the same.

## What you write

${fieldTable('spec', properties.spec)}

## What is reported

${fieldTable('status', properties.status)}
${columns.length === 0 ? '' : `\n## Columns of \`kubectl get\`\n\n${table(['Column', 'What it is', 'From'], columns)}\n`}`;
}

const fieldTable = (name, schema) => table(['Field', 'Type', 'What it is'], fieldsOf(name, schema));

function fieldsOf(path, schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const own = `${path}.${name}`;
    const rule = [
      required.has(name) ? 'Needed.' : '',
      field.default === undefined ? '' : `By default ${code(JSON.stringify(field.default))}.`,
      field.enum === undefined ? '' : `One of ${field.enum.map(code).join(', ')}.`,
      ...(field['x-kubernetes-validations'] ?? []).map(({ message }) => plain(message ?? '')),
    ].filter(Boolean);
    const inner = field.type === 'array' ? field.items : field.additionalProperties || field;
    const suffix = field.type === 'array' ? '[]' : typeof field.additionalProperties === 'object' ? '.*' : '';
    return [
      [code(own), typeOf(field), [plain(field.description ?? ''), ...rule].join(' ')],
      ...fieldsOf(own + suffix, inner),
    ];
  });
}

function typeOf({ type = 'any', format, items, additionalProperties }) {
  if (type === 'array') return `list of ${typeOf(items)}`;
  if (typeof additionalProperties === 'object') return `map of ${typeOf(additionalProperties)}`;
  return format === undefined ? type : `${type} (${format})`;
}

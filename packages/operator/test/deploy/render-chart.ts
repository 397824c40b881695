import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { deployPath, parseManifests, type Manifest } from './documents.ts';

const chart = 'helm/egressip-ipam-operator';

/** Values of a chart: maps of maps of whatever the templates use. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * Renders the chart with the few constructs that its templates keep to: values, `default`, `if`, `with`,
 * `toYaml . | nindent` and quoted braces. Anything else throws, so that the templates stay that simple.
 */
export function renderChart(overrides: Values = {}): readonly Manifest[] {
  const read = (path: string): string => readFileSync(deployPath(`${chart}/${path}`), 'utf8');
  const scope = { Values: merge(parse(read('values.yaml')), overrides), Chart: { AppVersion: parse(read('Chart.yaml')).appVersion }, Release: { Namespace: 'egressip-ipam-operator' } };
  const templates = readdirSync(deployPath(`${chart}/templates`)).filter((name) => name.endsWith('.yaml')).sort();
  return templates.flatMap((name) => parseManifests(renderLines(read(`templates/${name}`).split('\n'), scope)));
}

function merge(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  return { ...base, ...Object.fromEntries(Object.entries(over).map(([key, value]) => [key, merge(base[key], value)])) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function renderLines(lines: readonly string[], scope: unknown): string {
  const output: string[] = [];
  const open: { readonly shown: boolean; readonly dot: unknown }[] = [];
  for (const line of lines) {
    const [, keyword, path] = /^\s*\{\{- (if|with) (\S+) \}\}$/.exec(line) ?? [];
    const shown = open.every((block) => block.shown);
    if (keyword !== undefined && path !== undefined) {
      const value = lookUp(scope, path);
      open.push({ shown: isTrue(value), dot: value });
    } else if (/^\s*\{\{- end \}\}$/.test(line)) open.pop();
    else if (shown) output.push(renderLine(line, scope, open.at(-1)?.dot));
  }
  return output.join('\n');
}

// As Go's templates have it: an empty list, an empty map and an empty text are false.
function isTrue(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

function renderLine(line: string, scope: unknown, dot: unknown): string {
  const [, indented, width] = /^\s*\{\{- toYaml (\S+) \| nindent (\d+) \}\}$/.exec(line) ?? [];
  if (indented !== undefined) {
    const text = stringify(indented === '.' ? dot : lookUp(scope, indented)).trimEnd();
    return text.split('\n').map((part) => ' '.repeat(Number(width)) + part).join('\n');
  }
  return line.replace(/\{\{ (.+?) \}\}/g, (whole, expression: string) => {
    const quoted = /^"(\{\{|\}\})"$/.exec(expression)?.[1];
    if (quoted !== undefined) return quoted;
    const [, path, fallback] = /^(\.[\w.]+)(?: \| default (\.[\w.]+))?$/.exec(expression) ?? [];
    if (path === undefined) throw new Error(`${whole}: the chart's templates do not use this`);
    return String(lookUp(scope, path) || (fallback === undefined ? '' : lookUp(scope, fallback)));
  });
}

function lookUp(scope: unknown, path: string): unknown {
  return path.slice(1).split('.').reduce((value, key) => {
    if (!isRecord(value) || !(key in value)) throw new Error(`${path}: there is no such value`);
    return value[key];
  }, scope);
}

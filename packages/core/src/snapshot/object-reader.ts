import type { Finding } from '../finding/finding.ts';
import type { Read } from '../finding/read.ts';

/** Problems of one object that are told one by one; of more there is a number. */
const mostProblems = 100;
/** Kubernetes has no longer names. */
const longestName = 253;
/** Nor longer keys of labels: a prefix like a name, a slash, and 63 characters. */
const longestKey = longestName + 64;

function problemWith(name: unknown): string {
  if (typeof name !== 'string' || name === '') return 'a name is missing';
  return `"${name.slice(0, 30)}…" has ${name.length} characters, and names have at most ${longestName}`;
}

/**
 * Reads the fields of one raw Kubernetes object. A field of the wrong type is a
 * finding and counts as absent, so that the rest of the object is still of use.
 */
export class ObjectReader {
  readonly problems: Finding[] = [];
  #problemCount = 0;
  readonly #object: unknown;
  readonly #kind: string;
  readonly name: string;

  constructor(object: unknown, kind: string) {
    this.#object = object;
    this.#kind = kind;
    const name = valueAt(object, ['metadata', 'name']);
    const isName = typeof name === 'string' && name !== '' && name.length <= longestName;
    this.name = isName ? name : '';
    if (!isName) this.#report('metadata.name', `${problemWith(name)}; the object is ignored`);
  }

  /** The result: nothing without a name, else the value. */
  result<Value>(value: Value): Read<Value> {
    return this.name === '' ? { ok: false, problems: this.problems } : { ok: true, value, problems: this.problems };
  }

  /** The text at a path. */
  text(...path: readonly string[]): string | undefined {
    return this.#typed(path, 'a string', (value): value is string => typeof value === 'string');
  }

  /** The name, or the key or value of a label, at a path; what is longer than these are is reported, and none. */
  word(...path: readonly string[]): string | undefined {
    return this.bounded(longestKey, ...path);
  }

  /** The first of some entries, so many at the most; how many there are is reported where that is more. */
  upTo<Entry>(most: number, field: string, entries: readonly Entry[]): readonly Entry[] {
    if (entries.length <= most) return entries;
    this.problem(field, `it has ${entries.length} entries, and ${most} are the most that are read`);
    return entries.slice(0, most);
  }

  /** The text at a path where it has at most so many characters; what is longer is reported, and none. */
  bounded(most: number, ...path: readonly string[]): string | undefined {
    const text = this.text(...path);
    if (text === undefined || text.length <= most) return text;
    this.#report(path.join('.'), `it has ${text.length} characters, and at most ${most} are of any use here`);
    return undefined;
  }

  /** The number at a path. */
  number(...path: readonly string[]): number | undefined {
    return this.#typed(
      path,
      'a number',
      (value): value is number => typeof value === 'number' && Number.isFinite(value),
    );
  }

  /** The yes or no at a path. */
  flag(...path: readonly string[]): boolean | undefined {
    return this.#typed(path, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  /** The texts of a list at a path; other entries are reported and left out. */
  texts(...path: readonly string[]): readonly string[] {
    return this.list(...path).flatMap((entry, index) => {
      if (typeof entry === 'string') return [entry];
      this.#report(`${path.join('.')}[${index}]`, `expected a string, got ${describe(entry)}`);
      return [];
    });
  }

  /** The entries of a list at a path. */
  list(...path: readonly string[]): readonly unknown[] {
    return this.#typed(path, 'a list', (value): value is unknown[] => Array.isArray(value)) ?? [];
  }

  /** The map at a path. */
  record(...path: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    return this.#typed(path, 'a map', isRecord);
  }

  /** The texts of a map at a path; other values are reported and left out. */
  map(...path: readonly string[]): Readonly<Record<string, string>> {
    const value = this.record(...path);
    if (value === undefined) return {};
    if (Object.values(value).every((entry) => typeof entry === 'string'))
      return value as Readonly<Record<string, string>>;
    const kept: [string, string][] = [];
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry === 'string') kept.push([key, entry]);
      else this.#report(`${path.join('.')}.${key}`, `expected a string, got ${describe(entry)}`);
    }
    return Object.fromEntries(kept);
  }

  /** Whether anything stands at a path. */
  has(...path: readonly string[]): boolean {
    const value = valueAt(this.#object, path);
    return value !== undefined && value !== null;
  }

  /** How many problems there are, those that are only counted among them. */
  get problemCount(): number {
    return this.#problemCount;
  }

  /** Reports a problem in a field. */
  problem(field: string, message: string): void {
    this.#report(field, message);
  }

  #typed<Value>(path: readonly string[], expected: string, is: (value: unknown) => value is Value): Value | undefined {
    const value = valueAt(this.#object, path);
    if (value === undefined || value === null) return undefined;
    if (is(value)) return value;
    this.#report(path.join('.'), `expected ${expected}, got ${describe(value)}`);
    return undefined;
  }

  #report(field: string, message: string): void {
    this.#problemCount += 1;
    const finding = {
      code: 'InvalidObject',
      severity: 'error',
      object: { kind: this.#kind, name: this.name },
    } as const;
    const more = this.#problemCount - mostProblems;
    if (more <= 0) this.problems.push({ ...finding, field, message });
    else this.problems[mostProblems] = { ...finding, message: `there are ${more} more problems in it` };
  }
}

/** A value as a map of fields; whatever is none has no fields. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** A value as a list; whatever is none has no entries. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a value is a map of fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const key of path) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function describe(value: unknown): string {
  const text = asJson(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Undefined for what JSON has no word for, such as an object inside of itself. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

import type { Read } from '@egressip-ipam/core/plugin';
import type { InputProblem, SourceObject } from './read-documents.ts';

interface Named {
  readonly name: string;
}

/** Objects of one kind, by name: of two with one name the first counts. */
export class ObjectList<Entry extends Named> {
  readonly entries: Entry[] = [];
  readonly #kind: string;
  readonly #read: (object: unknown) => Read<Entry>;
  readonly #problems: InputProblem[];
  readonly #names = new Set<string>();

  /** @param problems takes in what is wrong in the objects */
  constructor(kind: string, read: (object: unknown) => Read<Entry>, problems: InputProblem[]) {
    this.#kind = kind;
    this.#read = read;
    this.#problems = problems;
  }

  /** Reads an object, and takes it in where it is of any use. */
  add(source: SourceObject): void {
    const read = this.#read(source.object);
    this.#problems.push(...problemsOf(source, this.#kind, read));
    if (!read.ok) return;
    if (this.#names.has(read.value.name)) {
      this.#problems.push({
        file: source.file,
        line: source.line,
        object: `${this.#kind}/${read.value.name}`,
        message: 'stands in the input twice; the first one counts',
      });
      return;
    }
    this.#names.add(read.value.name);
    this.entries.push(read.value);
  }
}

/** What reading an object found wrong, with the line of each field. */
export function problemsOf(
  { file, lineOf }: SourceObject,
  kind: string,
  { problems }: Read<unknown>,
): readonly InputProblem[] {
  return problems.map(({ object: { name }, field, message }) => ({
    file,
    line: lineOf(field ?? ''),
    object: `${kind}/${name === '' ? '?' : name}`,
    ...(field === undefined ? {} : { field }),
    message,
  }));
}

import { Composer } from 'yaml';

/** Nobody reads more of what is no YAML; each costs time and memory. */
export const mostErrors = 100;

/** What its type hides. */
interface Inside {
  onError: (source: unknown, code: string, message: string, isWarning?: boolean) => void;
  readonly errors: readonly unknown[];
  readonly warnings: readonly unknown[];
}

/**
 * A composer that keeps the first errors and warnings of each document alone: each is an object with a stack, and a
 * line of text may have several. Its handler is its own; the test tells if a later version has another.
 */
export function composeFew(): Composer {
  const composer = new Composer({ uniqueKeys: false });
  const inside = composer as unknown as Inside;
  const keep = inside.onError;
  inside.onError = (source, code, message, isWarning = false) => {
    const { length } = isWarning ? inside.warnings : inside.errors;
    if (length < mostErrors) keep(source, code, message, isWarning);
  };
  return composer;
}

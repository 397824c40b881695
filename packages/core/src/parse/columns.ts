/** Columns have room for so many more rows than they have at first. */
const spare = 1024;

type Column = Uint8Array | Uint32Array | Int32Array | unknown[];

/**
 * Rows of numbers and objects, kept by column: a row that comes or goes in the middle moves memory, and makes none.
 * Typed arrays have room for more rows than there are.
 */
export class Columns {
  readonly #columns: { readonly column: Column; readonly width: number }[] = [];
  readonly capacity: number;
  #count: number;

  constructor(count: number) {
    this.#count = count;
    this.capacity = count + spare;
  }

  /** Adds a column, with `width` values per row. */
  add<Values extends Column>(column: Values, width = 1): Values {
    this.#columns.push({ column, width });
    return column;
  }

  /** Makes room for a row; its values are left over from others. */
  insert(index: number): void {
    for (const { column, width } of this.#columns) {
      if (Array.isArray(column)) column.splice(index, 0, undefined);
      else column.copyWithin((index + 1) * width, index * width, this.#count * width);
    }
    this.#count += 1;
  }

  /** Takes a row out. */
  remove(index: number): void {
    for (const { column, width } of this.#columns) {
      if (Array.isArray(column)) column.splice(index, 1);
      else column.copyWithin(index * width, (index + 1) * width, this.#count * width);
    }
    this.#count -= 1;
  }
}

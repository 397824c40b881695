/** What the proxy does to a request instead of plainly passing it on. */
export type Fault =
  /**
   * The request is taken and never answered: it does not reach the server (`before`, the default), or the server has
   * applied it (`after`).
   */
  | { readonly kind: 'drop'; readonly when?: 'before' | 'after' }
  /** The request reaches the server so many milliseconds later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The server is not asked; the answer is a Kubernetes Status of this code. */
  | { readonly kind: 'status'; readonly status: FaultStatus; readonly retryAfterSeconds?: number }
  /** The connection is reset: `before` the server is asked, or `after` it has applied the request. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' };

/** HTTP codes that a {@link Fault} can answer. */
export type FaultStatus = 401 | 403 | 409 | 410 | 429 | 500 | 503 | 504;

/** Which requests meet a fault. All conditions that are given must hold. */
export interface FaultRule {
  readonly fault: Fault;
  /** HTTP method; all by default. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Looked for in path and query, such as `/api/v1/namespaces?watch=1`. Must not have the flag g or y. */
  readonly path?: RegExp;
  /** How many matching requests pass before the first meets it. Default 0. */
  readonly skip?: number;
  /** From 0 to 1: the share of the matching requests, by the proxy's random numbers. Default 1. */
  readonly probability?: number;
  /** How many requests meet it, after which the rule is spent. No limit by default. */
  readonly times?: number;
}

/** Rules in force, the first match of which counts. */
export class FaultRules {
  readonly #random: () => number;
  readonly #rules = new Map<symbol, { readonly rule: FaultRule; skip: number; left: number }>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a rule after the others; the function returned takes it away. */
  add(rule: FaultRule): () => void {
    const key = Symbol('rule');
    this.#rules.set(key, { rule, skip: rule.skip ?? 0, left: rule.times ?? Number.POSITIVE_INFINITY });
    return () => void this.#rules.delete(key);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** The fault of a request, counted against its rule. */
  take(method: string, path: string): Fault | undefined {
    for (const [key, entry] of this.#rules) {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (rule.path !== undefined && !rule.path.test(path)) continue;
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      if (entry.skip-- > 0) continue;
      entry.left--;
      if (entry.left <= 0) this.#rules.delete(key);
      return rule.fault;
    }
    return undefined;
  }
}

import type { Staleness } from './address-history.ts';
import type { Ec2Parameters } from './query.ts';

/** What happens to a call instead of, or beside, its plain answer. */
export type Ec2Fault =
  /**
   * EC2 refuses without looking: any code, such as `RequestLimitExceeded`, `InternalError` or `UnauthorizedOperation`.
   */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string; readonly status?: number }
  /** The connection is reset: `before` EC2 sees the call, or `after` it has applied (or refused) it. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /**
   * The call is never answered, and the connection stays: `before` EC2 sees it, or `after` it has applied (or refused)
   * it.
   */
  | { readonly kind: 'silence'; readonly when: 'before' | 'after' }
  /** EC2 sees the call so many milliseconds later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** EC2 sees only the first so many addresses of the call, and answers as if they were all. */
  | { readonly kind: 'partial'; readonly addresses: number }
  /** DescribeNetworkInterfaces and DescribeInstances answer with the addresses of so long ago. */
  | { readonly kind: 'stale'; readonly by: Staleness };

/** Which calls meet a fault. */
export interface Ec2FaultRule {
  readonly fault: Ec2Fault;
  /** One action, several, or a pattern (without the flags g and y); all by default. */
  readonly action?: string | readonly string[] | RegExp;
  /** Parameters that the call must have, such as `{ NetworkInterfaceId: 'eni-1' }`. */
  readonly where?: Ec2Parameters;
  /** How many calls pass before the first meets it. None by default. */
  readonly skip?: number;
  /** How many calls meet it, after which the rule is spent. No limit by default. */
  readonly times?: number;
}

/** Rules in force, the first match of which counts. */
export class Ec2FaultRules {
  readonly #rules = new Map<symbol, { readonly rule: Ec2FaultRule; toSkip: number; left: number }>();

  /** Adds a rule after the others; the function returned takes it away. */
  add(rule: Ec2FaultRule): () => void {
    const key = Symbol('rule');
    this.#rules.set(key, { rule, toSkip: rule.skip ?? 0, left: rule.times ?? Number.POSITIVE_INFINITY });
    return () => void this.#rules.delete(key);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** The fault of a call, counted against its rule. */
  take(parameters: Ec2Parameters): Ec2Fault | undefined {
    for (const [key, entry] of this.#rules) {
      if (!concerns(entry.rule, parameters)) continue;
      if (entry.toSkip > 0) {
        entry.toSkip--;
        continue;
      }
      entry.left--;
      if (entry.left <= 0) this.#rules.delete(key);
      return entry.rule.fault;
    }
    return undefined;
  }
}

/** The parameters of a call with no more than so many of its addresses. */
export function withFirstAddresses(parameters: Ec2Parameters, count: number): Ec2Parameters {
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([name]) => Number(/^(?:PrivateIpAddress|Ipv6Addresses)\.(\d+)$/.exec(name)?.[1] ?? 0) <= count,
    ),
  );
}

function concerns({ action: wanted, where = {}, fault }: Ec2FaultRule, parameters: Ec2Parameters): boolean {
  const action = parameters['Action'] ?? '';
  // Other calls have no stale answer, and must not use the rule up.
  if (fault.kind === 'stale' && action !== 'DescribeNetworkInterfaces' && action !== 'DescribeInstances') return false;
  if (Object.entries(where).some(([name, value]) => parameters[name] !== value)) return false;
  if (wanted === undefined) return true;
  if (wanted instanceof RegExp) return wanted.test(action);
  return typeof wanted === 'string' ? wanted === action : wanted.includes(action);
}

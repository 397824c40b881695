import { isDescribing, type Ec2Parameters } from './query.ts';
import type { Ec2Fault } from './ec2-fault.ts';

/** One call that arrived. */
export interface Ec2Call {
  readonly action: string;
  readonly kind: 'mutating' | 'describing';
  readonly parameters: Ec2Parameters;
  /** Who signed it; empty when nobody did. */
  readonly accessKeyId: string;
  readonly region: string;
  /** Milliseconds since the epoch, by the layer's clock. */
  readonly at: number;
  /** The fault it met. */
  readonly fault?: Ec2Fault['kind'];
  /** What EC2 made of it: `ok`, an error code, `unseen` when it never got there; undefined while under way. */
  readonly outcome?: string;
}

/** How many calls there were of each kind, refused ones included. */
export type Ec2CallCounts = Readonly<Record<Ec2Call['kind'], number>>;

/** The calls since the start or the last clearing, in the order of their arrival. */
export class CallLog {
  #calls: (Omit<Ec2Call, 'outcome'> & { outcome?: string })[] = [];

  get calls(): readonly Ec2Call[] {
    return this.#calls;
  }

  /** Notes a call; the function returned adds its outcome. */
  add(call: Omit<Ec2Call, 'kind'>): (outcome: string) => void {
    const entry: Omit<Ec2Call, 'outcome'> & { outcome?: string } = {
      ...call,
      kind: isDescribing(call.action) ? 'describing' : 'mutating',
    };
    this.#calls.push(entry);
    return (outcome) => {
      entry.outcome = outcome;
    };
  }

  clear(): void {
    this.#calls = [];
  }

  counts(): Ec2CallCounts {
    const describing = this.#calls.filter(({ kind }) => kind === 'describing').length;
    return { describing, mutating: this.#calls.length - describing };
  }
}

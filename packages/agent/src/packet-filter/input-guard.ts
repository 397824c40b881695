import { runProgram } from '../kernel/run-program.ts';

const table = 'egressip-ipam';

/**
 * Keeps the node's own stack from answering packets to egress addresses. Replies to connections that another node began
 * come here before their address translation does, and would be answered with a reset: with the rule they are dropped,
 * and the connection lives on. ARP is no business of it, and neighbour discovery is let through.
 */
export class InputGuard {
  #guarded: string | undefined;
  /** How the kernel shows what is guarded. */
  #shown = '';

  /**
   * Guards exactly these addresses. Whoever loads a firewall anew takes the rule away with all others, so that it is
   * looked for each time.
   */
  async guard(addresses: readonly string[]): Promise<GuardResult> {
    const rules = rulesFor([...addresses].sort());
    const isSame = rules === this.#guarded;
    if (isSame && (await show()) === this.#shown) return { isRestored: false };
    const { code, stderr } = await runProgram('nft', ['-f', '-'], rules);
    if (code !== 0) {
      this.#guarded = undefined;
      return { isRestored: false, trouble: stderr.trim() };
    }
    this.#guarded = rules;
    this.#shown = await show();
    return { isRestored: isSame };
  }
}

/** What came of guarding. */
export interface GuardResult {
  /** Somebody else had taken the rule away, or changed it. */
  readonly isRestored: boolean;
  /** What went wrong. */
  readonly trouble?: string;
}

async function show(): Promise<string> {
  return (await runProgram('nft', ['list', 'table', 'inet', table])).stdout;
}

function rulesFor(addresses: readonly string[]): string {
  const set = (name: string, type: string, elements: readonly string[]): string =>
    `  set ${name} {\n    type ${type}\n${elements.length === 0 ? '' : `    elements = { ${elements.join(', ')} }\n`}  }`;
  return [
    // All in one transaction: there is no moment without the rule.
    `table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    set(
      'version4',
      'ipv4_addr',
      addresses.filter((address) => !address.includes(':')),
    ),
    set(
      'version6',
      'ipv6_addr',
      addresses.filter((address) => address.includes(':')),
    ),
    '  chain input {',
    '    type filter hook input priority filter - 10; policy accept;',
    '    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept',
    '    ip daddr @version4 drop',
    '    ip6 daddr @version6 drop',
    '  }',
    '}',
    '',
  ].join('\n');
}

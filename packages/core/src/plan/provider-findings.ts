import { parseAddress } from '../address/address.ts';
import { namespaceFinding } from '../claims/namespace-finding.ts';
import type { Finding } from '../finding/finding.ts';
import type { ProviderFailure } from '../snapshot/snapshot.ts';
import { allotmentAt, type Decided } from '../render/decided.ts';

/** What the provider could not read, and what it refused. */
export function providerFindings(decided: Decided): readonly Finding[] {
  const { snapshot, nodes, pools } = decided;
  const findings: Finding[] = [];
  for (const [name, { error }] of snapshot.observation?.nodes ?? []) {
    const node = nodes.indexOf(name);
    if (error === undefined || node === undefined || pools.ofNode(node) === undefined) continue;
    findings.push({
      code: 'ProviderError',
      severity: 'warning',
      object: { kind: 'Node', name },
      message: error.message,
    });
  }
  for (const { cidr, error } of snapshot.observation?.cidrs.values() ?? []) {
    if (error === undefined) continue;
    const object = { kind: 'Provider', name: snapshot.source.provider.name };
    findings.push({ code: 'ProviderError', severity: 'error', object, message: `${cidr.text}: ${error.message}` });
  }
  for (const failure of snapshot.source.provider.failures ?? []) findings.push(failureFinding(decided, failure));
  return findings;
}

/** What the provider refused, told to the namespace that waits for it. */
function failureFinding(decided: Decided, { change, address: text, node, error }: ProviderFailure): Finding {
  const address = parseAddress(text);
  const owner = address === undefined ? undefined : allotmentAt(decided, decided.ledger.slotOf(address))?.namespace;
  const outlook =
    error.class === 'permanent' ? 'and is not tried again before something about it changes' : 'and is tried again';
  const message = `${change} of ${text} (node ${node}) failed ${outlook}: ${error.message}`;
  if (owner !== undefined && address !== undefined) {
    return namespaceFinding(owner, { code: 'AttachmentFailed', severity: 'error', message }, [address]);
  }
  return {
    code: 'AttachmentFailed',
    severity: 'warning',
    object: { kind: 'Node', name: node },
    message,
    addresses: [text],
  };
}

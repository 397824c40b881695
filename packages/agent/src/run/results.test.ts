import { expect, it } from 'vitest';
import { resultsOf } from './results.ts';

it('says how often an address was put back without another text for each time', () => {
  const address = '192.0.2.101';
  const decision = { address, interface: 'eth0', isPresent: true, isRestored: true, isMoved: false };
  const facts = { left: [], refusal: '', refused: new Set<string>(), duplicateMAC: () => undefined };
  const messages = Array.from({ length: 1_000 }, (_, index) => {
    const restored = new Map([[address, index + 1]]);
    return resultsOf([decision], { ...facts, restored }, [], '2026-01-01T00:00:00Z')[0]?.message;
  });
  expect(messages[0]).toBe('somebody else took it off the node 1 times, and it was put back');
  expect(messages.at(-1)).toBe('somebody else took it off the node 512 times or more, and it was put back');
  expect(new Set(messages).size).toBe(10);
});

/** For tests of what uses this package. */
export { FakeClock, settle } from './fake-clock.ts';
export { createMutator, type Mutator } from './mutator.ts';

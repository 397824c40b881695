import fc from 'fast-check';

/** Property tests of a change go through the same cases each time; PROPERTY_SEED=random, or a number, looks at others. */
const seed = process.env['PROPERTY_SEED'] ?? '20261126';

if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

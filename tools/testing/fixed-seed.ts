import fc from 'fast-check';

/**
 * Property tests of a change go through the same cases each time; PROPERTY_SEED=random, or a number, looks at others.
 */
const seed = process.env['PROPERTY_SEED'] ?? '20261126';

/** PROPERTY_SHRINKS=no for who asks only whether they fail: the search for the smallest case may take minutes. */
const shrinks = process.env['PROPERTY_SHRINKS'] !== 'no';

fc.configureGlobal({ ...(seed === 'random' ? {} : { seed: Number(seed) }), endOnFailure: !shrinks });

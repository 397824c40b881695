export { simulate } from './simulate.ts';
export { settle } from './settle.ts';
export { applyStep, readySteps } from './apply-step.ts';
export type { Move, Scenario, Simulation } from './simulate.ts';

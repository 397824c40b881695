export { aHostSubnet, aNamespace, aNetNamespace, aNode, anEgressIP, anEgressIPAM, aSnapshot, zoneLabel } from './builders.ts';
export { applyStep, readySteps } from './apply-steps.ts';

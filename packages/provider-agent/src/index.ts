export { createProvider } from './create-provider.ts';
export { description } from './description.ts';

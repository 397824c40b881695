export { createBareMetalProvider } from './create-bare-metal-provider.ts';

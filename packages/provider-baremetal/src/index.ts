export { createBareMetalProvider, createBareMetalProvider as createProvider } from './create-bare-metal-provider.ts';

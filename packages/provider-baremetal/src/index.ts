export {
  createBareMetalProvider,
  createBareMetalProvider as createProvider,
  description,
} from './create-bare-metal-provider.ts';

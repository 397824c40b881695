// Named statically, so that who bundles this leaves out the rest of the library: it is most of it. Its reader of YAML
// would bring every kind of Kubernetes along.
export { KubeConfig } from '@kubernetes/client-node';
export { load as parseYaml } from 'js-yaml';

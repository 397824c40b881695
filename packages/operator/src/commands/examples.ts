/** What people type first, without the name of the program. */
export const firstExamples: readonly [string, string] = ['trial', 'explain namespace/shop --live'];

/** What people type: two lines for each command, without the name of the program. */
export const examples: Readonly<Record<string, readonly [string, string]>> = {
  plan: ['plan cluster.yaml', 'plan --live -o json'],
  explain: ['explain namespace/shop cluster.yaml', 'explain 10.0.0.5 --live'],
  check: ['check must-gather/', 'check --live --context production'],
  simulate: ['simulate cluster.yaml --without-node worker-1', 'simulate --live --add-namespaces 50 --egressipam pool'],
  adopt: ['adopt cluster.yaml', 'adopt --live --egressipam pool --apply'],
  init: ['init --cidr 10.0.0.0/24=zone-a --cidr 10.1.0.0/24=zone-b', 'init --live --name pool'],
  trial: ['trial', 'trial --network ovn-kubernetes'],
  run: ['run --kubeconfig ~/.kube/config --log-level debug', 'run --leader-elect --network ovn-kubernetes'],
  uninstall: ['uninstall cluster.yaml', 'uninstall --live --apply'],
  agent: [
    'agent --node worker-1 --peer-address 192.0.2.11 --key-folder /etc/egressip-ipam/keys',
    'agent --node worker-1 --peer-address 192.0.2.11 --kubeconfig ~/.kube/config --log-level debug',
  ],
  completion: ['completion bash > /etc/bash_completion.d/egressip-ipam', 'completion fish | source'],
};

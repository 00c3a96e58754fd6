import type { Output } from '#shared/contract/index.ts';
import { hopHost, manualHop, originOf, writtenProxies } from '../../endpoints/proxy.ts';
import type { ProxyWay, SystemProxies } from '../../endpoints/types.ts';
import type { SealedPanelMember } from '../plan/panel.ts';
import { readSealed } from '../plan/plan.ts';
import { authorityOf } from '../timestamp/authority.ts';
import type { Session } from '../workspace/session.ts';
import type { ActivityWorkspace } from './activity.ts';
import type { Way } from './sending.ts';

/** A URL that the analyst's configuration names, its proxy, and what it is for in words. */
interface Named {
  readonly baseUrl: string;
  readonly proxy: ProxyOf | undefined;
  readonly use: string;
}

/** What a part of the product may talk to, by the analyst's configuration. */
export type HostSource = (session: Session) => readonly Named[];

/** One host of the list: `host:port`, and all that it is for. */
type Allowed = Output<'activity.allowed'>['hosts'][number];

/**
 * Beside targets and sealed plans: whatever else is configured. A part with services of its own (a time-stamping
 * authority, a beacon) adds one line here.
 */
const SOURCES: readonly HostSource[] = [
  (session) =>
    session.library.beacons
      .relays()
      .map(({ url }) => ({ baseUrl: url, proxy: undefined, use: 'beacon relay' })),
];

/**
 * The hosts that the outbound door opens for: those of active targets and of sealed plans, their proxies, the services of
 * SOURCES, and what is added for a time. What another process removes stays allowed until something changes here.
 */
export function createAllowList(workspace: ActivityWorkspace, system: SystemProxies) {
  let known: ReadonlySet<string> | null = null;
  const added = new Map<string, number>();

  const named = (session: Session): readonly Named[] => [
    ...session.targets
      .all()
      .filter(({ active }) => active)
      .map(({ target }) => ({
        baseUrl: target.baseUrl,
        proxy: target.network.proxy,
        use: `target ${target.name}`,
      })),
    ...session.audits.plans().flatMap((row) =>
      // A plan sealed by an older version names no network.
      readSealed(row).sealed.panel.map(
        ({
          target,
          network,
        }: Pick<SealedPanelMember, 'target'> & { network?: Way['network'] }) => ({
          baseUrl: target.baseUrl,
          proxy: network?.proxy,
          use: `sealed plan ${row.name}`,
        }),
      ),
    ),
    ...session.trust
      .authorities()
      .map(authorityOf)
      .map(({ name, url, network }) => ({
        baseUrl: url,
        proxy: network.proxy,
        use: `time-stamping authority ${name}`,
      })),
    ...SOURCES.flatMap((source) => source(session)),
  ];

  const configured = (): ReadonlySet<string> =>
    new Set(named(workspace.session()).flatMap((way) => originsOf(way, system)));

  /** Asks the system anew, for every URL that wants its proxy; what it does not tell is told when it is used. */
  const askSystem = async (ways: readonly Named[]): Promise<void> => {
    const urls = ways
      .filter(({ proxy }) => proxy?.kind === 'system')
      .map(({ baseUrl }) => URL.parse(baseUrl))
      .filter((url) => url !== null);
    const perOrigin = new Map(urls.map((url) => [url.origin, url]));
    await Promise.allSettled([...perOrigin.values()].map((url) => system.find(url)));
  };

  /** The list for people: every host with its uses, by host. */
  const list = async (): Promise<Output<'activity.allowed'>> => {
    const uses = new Map<string, Set<string>>();
    const note = (host: string, use: string): void => {
      uses.set(host, (uses.get(host) ?? new Set<string>()).add(use));
    };
    for (const host of added.keys()) note(host, 'practice lab');
    const ways = workspace.isOpen() ? named(workspace.session()) : [];
    await askSystem(ways);
    for (const way of ways) {
      const [origin, ...proxies] = originsOf(way, system);
      if (origin !== undefined) note(origin, way.use);
      for (const proxy of proxies) note(proxy, `proxy of ${way.use}`);
    }
    const hosts = [...uses].map(([host, of]): Allowed => ({ host, uses: [...of] }));
    return {
      hosts: hosts.toSorted((a, b) => (a.host < b.host ? -1 : 1)),
      scripts: [
        ...new Set(ways.filter(({ proxy }) => proxy?.kind === 'pac').map(({ use }) => use)),
      ],
    };
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
    list,
  };
}
export type AllowList = ReturnType<typeof createAllowList>;

/** Host and proxies of a way, as `host:port`. */
function originsOf(way: Named, system: SystemProxies): string[] {
  const url = URL.parse(way.baseUrl);
  if (url === null) return [];
  return [originOf(url), ...proxyOrigins(way.proxy, system, url)];
}

type ProxyOf = ProxyWay | Way['network']['proxy'];

/** The proxies of a way; those of a script are the ones that stand in its text. */
function proxyOrigins(proxy: ProxyOf | undefined, system: SystemProxies, url: URL): string[] {
  if (proxy?.kind === 'pac') return [...writtenProxies(proxy.script)];
  if (proxy?.kind === 'system')
    return system.known(url).flatMap((hop) => (hop === null ? [] : [hopHost(hop)]));
  if (proxy?.kind !== 'manual') return [];
  try {
    return [hopHost(manualHop({ url: proxy.url }))];
  } catch {
    // A proxy that cannot be read is told when it is used.
    return [];
  }
}

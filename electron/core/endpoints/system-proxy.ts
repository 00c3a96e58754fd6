import type { SystemProxy } from '../ports.ts';
import { ExchangeFailure } from './failure.ts';
import { pacHops, systemHop } from './proxy.ts';
import type { Hop, SystemProxies } from './types.ts';

type Env = Readonly<Record<string, string | undefined>>;

function variables(env: Env): SystemProxies {
  return {
    find: async (url) => [systemHop(env, url)],
    known: (url) => {
      try {
        return [systemHop(env, url)];
      } catch {
        // What cannot be read is told when it is used.
        return [];
      }
    },
  };
}

/** Errors are those of `find`. `port` null: the variables `env` say it. */
export function createSystemProxies(env: Env, port: SystemProxy | null): SystemProxies {
  if (port === null) return variables(env);
  const told = new Map<string, readonly (Hop | null)[]>();
  return {
    find: async (url) => {
      // No more of a URL than a proxy needs: nobody else learns the path.
      const origin = `${url.protocol}//${url.host}/`;
      const list = await port.resolve(origin).catch(() => {
        told.delete(origin);
        throw new ExchangeFailure('PROXY_FAILED', 'the system does not tell its proxy');
      });
      const hops = pacHops(list, { kind: 'system' });
      told.set(origin, hops);
      return hops;
    },
    known: (url) => told.get(`${url.protocol}//${url.host}/`) ?? [],
  };
}

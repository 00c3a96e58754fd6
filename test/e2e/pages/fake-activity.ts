import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { AT, type FakeState } from './fake-state.ts';
import { seeded } from './fixtures.ts';

type Connection = Output<'activity.list'>['connections'][number];

const HOSTS = ['127.0.0.1:41733', 'api.example.org:443', 'relay.example.net:8443'] as const;

/** Newest first; every kind of outcome, and one host behind a proxy. */
export function manyConnections(count: number, long = false): Connection[] {
  const random = seeded(5);
  return Array.from({ length: count }, (_, index) => {
    const host = HOSTS[index % 7 === 0 ? 1 : index % 11 === 0 ? 2 : 0] ?? HOSTS[0];
    const code =
      index % 97 === 3
        ? 'HOST_NOT_CONFIGURED'
        : index % 61 === 5
          ? 'TIMEOUT_HEADERS'
          : index % 53 === 7
            ? 'TLS_CERT'
            : null;
    const refused = code === 'HOST_NOT_CONFIGURED';
    return {
      seq: count - index,
      at: new Date(Date.parse(AT) - index * 731).toISOString(),
      durationMs: refused ? 0 : 20 + random() * 4_000,
      reason: index % 40 === 0 ? 'beacon' : index % 25 === 0 ? 'test' : 'audit',
      host: long ? `a-very-long-host-name-for-a-gateway.region-seven.${host}` : host,
      address: refused ? null : long ? '2001:db8:85a3:8d3:1319:8a2e:370:7348' : '127.0.0.1',
      proxy: host === HOSTS[1] ? 'proxy.example.org:3128' : null,
      bytesOut: refused ? 0 : 600 + Math.floor(random() * 900),
      bytesIn: code === null ? 400 + Math.floor(random() * 30_000) : 0,
      code,
    };
  });
}

export function activityOf(state: FakeState) {
  const totals = (rows: readonly Connection[]): Output<'activity.list'>['hosts'] =>
    [...Map.groupBy(rows, ({ host }) => host)].map(([host, own]) => ({
      host,
      connections: own.length,
      failed: own.filter(({ code }) => code !== null).length,
      bytesOut: own.reduce((sum, one) => sum + one.bytesOut, 0),
      bytesIn: own.reduce((sum, one) => sum + one.bytesIn, 0),
      firstUtc: own.at(-1)?.at ?? AT,
      lastUtc: own[0]?.at ?? AT,
    }));
  return {
    'activity.list': (input: ParsedInput<'activity.list'>): Output<'activity.list'> => {
      const rows = state.connections.filter(
        (one) =>
          (input.host === '' || one.host === input.host) &&
          (input.reason === null || one.reason === input.reason),
      );
      return {
        stored: true,
        total: rows.length,
        connections: rows.slice(input.offset, input.offset + input.limit),
        hosts: totals(rows),
      };
    },
    'activity.allowed': (): Output<'activity.allowed'> => ({
      hosts: [...Map.groupBy(state.targets, ({ target }) => new URL(target.baseUrl).host)].map(
        ([host, own]) => ({ host, uses: own.map(({ target }) => `target ${target.name}`) }),
      ),
      scripts: [],
    }),
  };
}

import type { Db } from './open.ts';

export interface BeaconRelay {
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly allowHttp: boolean;
}

/** The drand relays that the analyst allows to be asked, in order. */
export function beaconStore(db: Db) {
  const all = db.prepare<[], { url: string; allowPrivate: number; allowHttp: number }>(
    'SELECT url, allow_private AS allowPrivate, allow_http AS allowHttp FROM beacon_relay ORDER BY position',
  );
  const clear = db.prepare('DELETE FROM beacon_relay');
  const insert = db.prepare<[number, string, number, number]>(
    'INSERT INTO beacon_relay (position, url, allow_private, allow_http) VALUES (?, ?, ?, ?)',
  );
  return {
    relays: (): BeaconRelay[] =>
      all.all().map((row) => ({
        url: row.url,
        allowPrivate: row.allowPrivate === 1,
        allowHttp: row.allowHttp === 1,
      })),
    setRelays: (relays: readonly BeaconRelay[]): void => {
      clear.run();
      for (const [position, { url, allowPrivate, allowHttp }] of relays.entries())
        insert.run(position, url, allowPrivate ? 1 : 0, allowHttp ? 1 : 0);
    },
  };
}

import type Database from 'better-sqlite3';
import { migration0010 } from './migrations/0010-foundation.ts';
import { migration0020 } from './migrations/0020-limits.ts';
import { migration0030 } from './migrations/0030-activity.ts';
import { migration0040 } from './migrations/0040-targets.ts';
import { migration0050 } from './migrations/0050-vault.ts';
import { migration0060 } from './migrations/0060-registry.ts';
import { migration0070 } from './migrations/0070-time.ts';
import { migration0080 } from './migrations/0080-bundles.ts';
import { migration0090 } from './migrations/0090-rescore.ts';

/** Ordered, forward only, numbered in tens; `user_version` is the number of the last one applied. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  migration0010,
  migration0020,
  migration0030,
  migration0040,
  migration0050,
  migration0060,
  migration0070,
  migration0080,
  migration0090,
];
export const LATEST: number = MIGRATIONS.at(-1)?.number ?? 0;

/** Brings a database to the latest version, each step in one immediate transaction. */
export function migrate(
  db: Database.Database,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  for (const { number, sql } of migrations) {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version >= number) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${number}`);
    }).immediate();
  }
}

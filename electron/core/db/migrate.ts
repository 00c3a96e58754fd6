import type Database from 'better-sqlite3';
import { migration0010 } from './migrations/0010-foundation.ts';

/** Ordered, forward only, numbered in tens; `user_version` is the number of the last one applied. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [migration0010];
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

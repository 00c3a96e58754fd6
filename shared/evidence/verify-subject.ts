import type { Derived } from './derive.ts';
import type { SignedPayload } from './dsse.ts';
import type { ReadBag } from './read-bag.ts';

/** What the checks of a bag's content work on. */
export interface Subject {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly bag: ReadBag;
  readonly derived: Derived;
  /** SPKI DER of the key that must have signed everything. */
  readonly key: Uint8Array;
  readonly signed: SignedPayload;
}

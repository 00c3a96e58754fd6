import type { KeyItem } from '#shared/contract/trust.ts';
import type { Output } from './output.ts';

/** Tells of a key that signs from now on. */
export function printNewKey(out: Output, key: KeyItem): void {
  out.block(key.publicKeyPem);
  out.note(`${key.keyid} signs from now on; it is signed by ${key.previousKeyid ?? 'itself'}.`);
  out.note(
    key.stamps.length === 0
      ? 'UNSTAMPED: that it existed now is your word alone.'
      : `Stamped at ${key.stamps[0]?.genTime}.`,
  );
}

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ExchangeFailure } from './failure.ts';
import type { ResolvedAddress } from './types.ts';

/** `private`: needs consent. `forbidden`: no consent opens it, nothing that answers can stand there. */
export type AddressClass = 'public' | 'private' | 'forbidden';

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
  'deprecatedSiteLocal',
]);

/** Forms of IPv6 that carry an IPv4 address in their last 32 bits: what counts is that address. */
const CARRIES_IPV4: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6145', 'rfc6052']);

/** Class of an address as the system would connect to it; an unknown or special range is never public. */
export function classifyAddress(address: string): AddressClass {
  if (isIP(address) === 0) return 'forbidden';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'unicast') {
    return parsed instanceof ipaddr.IPv6 ? classifyUnicast6(parsed) : 'public';
  }
  if (PRIVATE_RANGES.has(range)) return 'private';
  if (parsed instanceof ipaddr.IPv6 && CARRIES_IPV4.has(range)) {
    // Translation of a local network (RFC 8215): where the IPv4 address stands in it is that network's affair.
    if (range === 'rfc6052' && parsed.parts[2] !== 0) return 'private';
    return classifyAddress(lastIpv4(parsed));
  }
  return 'forbidden';
}

/** The library calls more than 2000::/3 unicast, among it the old IPv4-compatible form. */
function classifyUnicast6(address: ipaddr.IPv6): AddressClass {
  const first = address.parts[0] ?? 0;
  if ((first & 0xe000) === 0x2000) return 'public';
  const ipv4Compatible = address.parts.slice(0, 6).every((part) => part === 0);
  return ipv4Compatible ? classifyAddress(lastIpv4(address)) : 'forbidden';
}

function lastIpv4(address: ipaddr.IPv6): string {
  return address.toByteArray().slice(-4).join('.');
}

/** Lets a name pass only when every address it has may be connected to. */
export function checkAddresses(addresses: readonly ResolvedAddress[], allowPrivate: boolean): void {
  if (addresses.length === 0) throw new ExchangeFailure('DNS_FAILED', 'no address');
  for (const { address } of addresses) {
    const kind = classifyAddress(address);
    if (kind === 'forbidden') {
      throw new ExchangeFailure('PRIVATE_ADDRESS', 'an address no endpoint can have');
    }
    if (kind === 'private' && !allowPrivate) {
      throw new ExchangeFailure('PRIVATE_ADDRESS', 'a private address, and no consent for one');
    }
  }
}

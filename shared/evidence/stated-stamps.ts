import * as asn1js from 'asn1js';
import { equalBytes } from './bytes.ts';
import { readBundle } from './dsse.ts';

/** What a time stamp says of itself. Whether it is true is for verify-time.ts: nothing is checked here. */
export interface StatedStamp {
  /** RFC 3339 UTC with milliseconds. */
  readonly utc: string;
  /** Name of the certificate that signed it. */
  readonly by: string;
}

const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';
const MAX_NAME = 200;

type Node = asn1js.AsnType | undefined;

const inside = (node: Node): readonly asn1js.AsnType[] =>
  node instanceof asn1js.Constructed ? (node.valueBlock.value as asn1js.AsnType[]) : [];

const child = (node: Node, ...path: readonly number[]): Node =>
  path.reduce<Node>((at, index) => inside(at).at(index), node);

const parsed = (bytes: Uint8Array): Node => asn1js.fromBER(bytes.slice()).result;

/** Members of a certificate or of TSTInfo that come first where they are there at all have a context tag. */
const isTagged = (node: Node, number: number): boolean =>
  node?.idBlock.tagClass === 3 && node.idBlock.tagNumber === number;

const serialOf = (node: Node): Uint8Array | null =>
  node instanceof asn1js.Integer ? node.valueBlock.valueHexView : null;

function nameIn(subject: Node): string {
  const parts = inside(subject).map((set) => child(set, 0));
  const named = (type: string): string | null => {
    const part = parts.find((one) => {
      const oid = child(one, 0);
      return oid instanceof asn1js.ObjectIdentifier && oid.valueBlock.toString() === type;
    });
    const value = child(part, 1);
    return value instanceof asn1js.BaseStringBlock ? String(value.valueBlock.value) : null;
  };
  return (named(COMMON_NAME) ?? named(ORGANISATION) ?? 'an authority without a name').slice(
    0,
    MAX_NAME,
  );
}

/** Subject of the certificate with the serial number that the signature names. */
function signerName(signed: Node): string {
  const serial = serialOf(child(inside(signed).at(-1), 0, 1, 1));
  const certificates = inside(inside(signed).find((part) => isTagged(part, 0)));
  for (const certificate of certificates) {
    const fields = inside(child(certificate, 0));
    const at = isTagged(fields[0], 0) ? 1 : 0;
    const own = serialOf(fields[at]);
    if (serial !== null && own !== null && equalBytes(own, serial)) return nameIn(fields[at + 4]);
  }
  return 'an authority that is not named';
}

function stated(response: Uint8Array): StatedStamp | null {
  const signed = child(parsed(response), 1, 1, 0);
  const content = child(signed, 2, 1, 0);
  if (!(content instanceof asn1js.OctetString)) return null;
  const time = child(parsed(new Uint8Array(content.getValue())), 4);
  if (!(time instanceof asn1js.GeneralizedTime)) return null;
  return { utc: time.toDate().toISOString(), by: signerName(signed) };
}

/** The stamps over a signed statement as they say of themselves, the earliest first; one that cannot be read counts for nothing. */
export function statedStamps(sigstore: Uint8Array): StatedStamp[] {
  return readBundle(sigstore)
    .stamps.flatMap((response) => {
      try {
        return stated(response) ?? [];
      } catch {
        return [];
      }
    })
    .sort((a, b) => a.utc.localeCompare(b.utc));
}

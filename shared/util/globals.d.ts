// The text codecs that every JavaScript host has (WHATWG Encoding). Nothing else of a host may be named in shared/.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number };
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array, options?: { stream?: boolean }): string;
}
/** WebCrypto, for the signatures of time stamps. Only a library gets it, so nothing of it is named here. */
declare const crypto: unknown;

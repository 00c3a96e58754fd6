import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { AppError } from '#shared/contract/errors.ts';
import type { Signer } from '#shared/evidence/dsse.ts';
import type { Vault } from './vault.ts';

/** A P-256 key pair in DER. Whoever holds it overwrites `pkcs8` when done. */
export interface SigningKey {
  readonly spki: Buffer;
  readonly pkcs8: Buffer;
}

/** ECDSA P-256: works with openssl, cosign, browsers and hardware tokens alike (EVIDENCE section 0). */
export function makeSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return exported(privateKey, publicKey);
}

const exported = (privateKey: KeyObject, publicKey: KeyObject): SigningKey => ({
  spki: publicKey.export({ type: 'spki', format: 'der' }),
  pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
});

const PROBE = Buffer.from('trapstreet');
const rejected = (message: string): AppError => new AppError('IMPORT_REJECTED', message);

/** The PEM label, such as `ENCRYPTED PRIVATE KEY`; null for what is not exactly one PEM block. */
function labelOf(pem: string): string | null {
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)];
  return blocks.length === 1 ? (blocks[0]?.[1] ?? null) : null;
}

/**
 * Reads a PKCS#8 PEM file, encrypted or not, that holds an ECDSA P-256 key. Errors: IMPORT_REJECTED, in words that say what
 * the file is instead and what to do.
 */
export function readSigningKey(pem: string, passphrase: string | null): SigningKey {
  const label = labelOf(pem);
  if (label === 'EC PRIVATE KEY' || label === 'RSA PRIVATE KEY')
    throw rejected(
      'This key is not in PKCS#8. Convert it: openssl pkcs8 -topk8 -in FILE -out key.pem.',
    );
  if (label === 'OPENSSH PRIVATE KEY')
    throw rejected('This is an OpenSSH key file. Give the key as PKCS#8 PEM.');
  if (label !== 'PRIVATE KEY' && label !== 'ENCRYPTED PRIVATE KEY')
    throw rejected('This is not one private key in PKCS#8 PEM.');
  const isEncrypted = label === 'ENCRYPTED PRIVATE KEY';
  if (isEncrypted && (passphrase === null || passphrase === ''))
    throw rejected('This key file is encrypted. Give its passphrase.');
  let key: KeyObject;
  try {
    key = createPrivateKey({
      key: pem,
      format: 'pem',
      ...(isEncrypted && passphrase !== null ? { passphrase } : {}),
    });
  } catch {
    throw rejected(
      isEncrypted
        ? 'The key file does not open: the passphrase is wrong, or the file is damaged.'
        : 'The key file is damaged.',
    );
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw rejected(
      'Only ECDSA P-256 keys sign evidence. Make one: openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8.',
    );
  const publicKey = createPublicKey(key);
  // A file can carry the public half of another key.
  if (!verify('sha256', PROBE, publicKey, sign('sha256', PROBE, key)))
    throw rejected('The key file is damaged: its two halves do not belong together.');
  return exported(key, publicKey);
}

/** A signer over a key in the vault: it is opened for each signature and overwritten at once. */
export function vaultSigner(
  vault: Vault,
  row: { readonly keyid: string; readonly spki: Buffer; readonly cell: Buffer },
): Signer {
  return {
    publicKeySpkiDer: new Uint8Array(row.spki),
    keyid: row.keyid,
    sign: async (bytes) => {
      const pkcs8 = vault.open('signing_key', row.keyid, 'pkcs8_cell', row.cell);
      try {
        // DER-encoded ECDSA over SHA-256.
        const key = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' });
        return new Uint8Array(sign('sha256', bytes, key));
      } finally {
        pkcs8.fill(0);
      }
    },
  };
}

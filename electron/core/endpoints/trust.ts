import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  createSecureContext,
  getCACertificates,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import { ExchangeFailure } from './failure.ts';

/** Whom a connection trusts, and who we are on it. */
export interface Trust {
  readonly systemRoots: boolean;
  readonly extraCa: string | undefined;
  readonly clientCertificate: string | undefined;
}

const KEPT = 16;
const kept = new Map<string, SecureContext>();

/**
 * The TLS context of a connection. The roots are always named, for those that Node takes when none are also come from
 * its environment. Contexts without a client key are kept, since reading 150 roots takes longer than a request.
 */
export function contextOf({ systemRoots, extraCa, clientCertificate }: Trust): SecureContext {
  const name = JSON.stringify([systemRoots, extraCa]);
  const known = clientCertificate === undefined ? kept.get(name) : undefined;
  if (known) return known;
  const own = clientCertificate === undefined ? {} : identityOf(clientCertificate);
  const ca = [
    ...rootCertificates,
    ...(systemRoots ? getCACertificates('system') : []),
    ...(extraCa === undefined ? [] : [extraCa]),
  ];
  const context = made({ ca, ...own });
  if (clientCertificate === undefined) {
    if (kept.size >= KEPT) kept.clear();
    kept.set(name, context);
  }
  return context;
}

function made(options: Parameters<typeof createSecureContext>[0]): SecureContext {
  try {
    return createSecureContext({ ...options, minVersion: 'TLSv1.2' });
  } catch {
    throw new ExchangeFailure('TLS_CERT', 'a configured certificate cannot be read');
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----/;

/** Certificate chain and key of a PEM text; the failure names what is wrong and quotes nothing. */
function identityOf(pem: string): { readonly cert: string; readonly key: string } {
  const refuse = (why: string) => new ExchangeFailure('AUTH_FAILED', why);
  const certificates = pem.match(CERTIFICATE) ?? [];
  const [key, kind] = PRIVATE_KEY.exec(pem) ?? [];
  if (certificates[0] === undefined || key === undefined)
    throw refuse('the client certificate entry lacks a certificate or a private key in PEM');
  if (kind === 'ENCRYPTED ' || key.includes('ENCRYPTED'))
    throw refuse(
      'the client key is encrypted: store it without a passphrase, the vault protects it',
    );
  let fits = false;
  try {
    fits = new X509Certificate(certificates[0]).checkPrivateKey(createPrivateKey(key));
  } catch {
    throw refuse('the client certificate or its key cannot be read');
  }
  if (!fits) throw refuse('the client key does not belong to the certificate');
  return { cert: certificates.join('\n'), key };
}

import type { EndpointErrorCode } from '#shared/domain/outcome.ts';

/** What to do about each code; a closed table, so that no code is without advice. */
export const ADVICE: Readonly<Record<EndpointErrorCode, string>> = {
  TIMEOUT_CONNECT: 'Nothing accepts a connection in time. Check host, port, proxy and firewall.',
  TIMEOUT_HEADERS:
    'The server takes the question and begins no answer. Try again later, or allow more time.',
  TIMEOUT_IDLE: 'The answer stopped in the middle. Try again; a proxy on the way may cut streams.',
  TIMEOUT_TOTAL: 'The answer did not end in time. Allow more time, or ask for fewer tokens.',
  BODY_TOO_LARGE: 'The answer is larger than any answer may be. Check the URL.',
  DECODED_TOO_LARGE: 'The answer unfolds to more than any answer may be. Check the URL.',
  DECOMPRESSION_BOMB: 'The answer unfolds beyond reason. This endpoint is not to be trusted.',
  ENCODING_CORRUPT: 'The compressed answer is damaged. A proxy on the way may alter it.',
  ENCODING_UNSUPPORTED: 'The server uses a compression that was not asked for.',
  HEADERS_TOO_LARGE: 'The server sends more headers than any server may. Check the URL.',
  HTTP_PROTOCOL: 'What answers does not speak proper HTTP. Check host and port.',
  LENGTH_MISMATCH: 'The answer is shorter than the server said. It was not used; try again.',
  CONNECTION_LOST: 'The connection ended without a whole answer. Try again; check the proxy.',
  CONNECT_FAILED: 'Nothing answers at this address. Check host and port, and that the server runs.',
  DNS_FAILED: 'The host name does not resolve. Check its spelling.',
  REDIRECT_REFUSED: 'The server redirects. Redirects are never followed: configure the final URL.',
  CONTENT_TYPE: 'The answer is not of the type that the format has. Check the base URL.',
  INVALID_UTF8: 'The answer is not UTF-8 text. It was not altered to make it so.',
  INVALID_JSON: 'The answer is not valid JSON. Check the base URL and the format.',
  JSON_TOO_DEEP: 'The answer is nested beyond reason. This endpoint is not to be trusted.',
  SCHEMA: 'The answer is JSON of another form. Check that the format is the right one.',
  PROVIDER_ERROR: 'The provider answered with an error. Check model and parameters.',
  STREAM_TRUNCATED: 'The stream broke off before its end. Try again, or switch streaming off.',
  PRIVATE_ADDRESS:
    'The address is on this machine or a private network. Set allowPrivate: true to consent.',
  URL_SCHEME: 'The URL is not https. Set allowHttp: true to consent to plain http.',
  URL_CREDENTIALS: 'The URL holds a user name or password. Name a key instead.',
  TLS_CERT:
    'The certificate is not trusted, not for this name, or not the pinned one. Give its CA in network.extraCa.',
  TLS_PROTOCOL: 'No TLS of version 1.2 or later is spoken there. Check the port.',
  HTTP_STATUS: 'The server answered with an error status. Check URL, model and parameters.',
  RATE_LIMITED: 'The server asks for fewer requests. Wait, or lower the limits of the target.',
  AUTH_FAILED: 'The server refused the key. Check the vault entry that `key` names.',
  SECRET_ECHOED: 'The server sent the API key back. Revoke that key; its answer was not stored.',
  PROXY_FAILED: 'The proxy does not answer, or refuses the way. Check network.proxy of the target.',
  PROXY_AUTH:
    'The proxy refused its user or password. Check the entry that network.proxy.key names.',
  HOST_NOT_CONFIGURED:
    'No target of this workspace has this host, so no connection is made to it. Add the target first.',
  CANCELLED: 'The call was cancelled.',
};

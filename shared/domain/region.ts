import type { TargetDraft } from './target.ts';

/** Hosts whose name holds the region that they are asked in. */
const IN_HOST: readonly RegExp[] = [
  // Amazon Bedrock, also by an endpoint of a private network: docs.aws.amazon.com/general/latest/gr/bedrock.html
  /(?:^|\.)bedrock-(?:runtime|mantle)(?:-fips)?\.([a-z]{2}[a-z0-9-]+-\d+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
  // Vertex AI: docs.cloud.google.com/vertex-ai/docs/reference/rest
  /^([a-z0-9-]+)-aiplatform\.googleapis\.com$/,
  /^aiplatform\.([a-z0-9-]+)\.rep\.googleapis\.com$/,
  // Azure: a resource has a name of its own there, unless it is asked by the name of its region.
  /^([a-z0-9]+)\.api\.cognitive\.microsoft\.com$/,
  /\.([a-z0-9]+)\.(?:models\.ai|inference\.ai|inference\.ml)\.azure\.com$/,
];
const VERTEX = /(?:^|-|\.)aiplatform\.(?:[a-z0-9-]+\.rep\.)?googleapis\.com$/;

/**
 * The region that a target is asked in, as its address and its signature say; null: they do not. Where the question is
 * answered is another matter: a vendor may pass it on, and only the answer can tell.
 */
export function configuredRegion({
  baseUrl,
  auth,
}: Pick<TargetDraft, 'baseUrl' | 'auth'>): string | null {
  const [, host = '', path = ''] =
    /^https?:\/\/(?:[^/@]*@)?([^/:?#]+)(?::\d+)?([^?#]*)/.exec(baseUrl.toLowerCase()) ?? [];
  const location = VERTEX.test(host) ? /\/locations\/([a-z0-9-]+)(?:\/|$)/.exec(path)?.[1] : null;
  const inHost = IN_HOST.map((pattern) => pattern.exec(host)?.[1]).find(Boolean);
  return location ?? inHost ?? (auth?.kind === 'sigv4' ? auth.region : null);
}

/** The one origin of the desktop app. `URL.origin` is "null" for such schemes, so the parts are compared. */
export const APP_SCHEME = 'app';
const APP_HOST = 'bundle';
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/`;

/** Whether a frame may be at this address: our origin exactly, and nothing that only looks like it. */
export function isAllowedUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === '';
}

/** Whether a page may fetch this address: our origin, or what it made itself in memory (a file to save). */
export function isAllowedRequest(url: string, allowDevTools: boolean): boolean {
  if (isOwnBlob(url)) return true;
  if (allowDevTools && url.startsWith('devtools://devtools/')) return true;
  return isAllowedUrl(url);
}

/** Whether this is a file that our own page made in memory: the only thing that can be saved as a download. */
export function isOwnBlob(url: string): boolean {
  return url.startsWith('blob:') && isAllowedUrl(url.slice('blob:'.length));
}

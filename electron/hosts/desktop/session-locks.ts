import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, type Session, type WebContents } from 'electron';
import { SECURITY_HEADERS } from '../common/page-headers.ts';
import { buildAssetTable, resolveAsset } from './app-protocol.ts';
import { APP_SCHEME, isAllowedRequest, isAllowedUrl, isOwnBlob } from './navigation.ts';

/** Serves the built pages as app://bundle/. */
export function servePages(session: Session, folder: string): void {
  const table = buildAssetTable(listFiles(folder, ''));
  session.protocol.handle(APP_SCHEME, async (request) => {
    const asset = request.method === 'GET' ? resolveAsset(request.url, table) : null;
    if (!asset)
      return new Response('There is no such page.', { status: 404, headers: SECURITY_HEADERS });
    return new Response(await readFile(join(folder, asset.name)), {
      headers: { ...SECURITY_HEADERS, 'content-type': asset.contentType },
    });
  });
}

function listFiles(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return listFiles(join(folder, entry.name), `${prefix}${entry.name}/`);
    return entry.isFile() ? [`${prefix}${entry.name}`] : [];
  });
}

/** Electron grants what nobody refuses; here everything is refused, and no request leaves the app. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !isAllowedRequest(url, !app.isPackaged) });
  });
  session.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) event.preventDefault();
  });
}

/** Applied to every page that this process ever makes. */
export function lockContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isAllowedUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isAllowedUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isAllowedUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

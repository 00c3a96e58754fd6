import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  powerMonitor,
  protocol,
  type Rectangle,
  safeStorage,
  session,
} from 'electron';
import { forkCore } from './core-child.ts';
import { serveKeychain } from './keychain-relay.ts';
import { installMenu } from './menu.ts';
import { APP_SCHEME, APP_URL } from './navigation.ts';
import { type PageWindow, pageEvents } from './page-renewal.ts';
import { type AbsenceSource, lockOnAbsence } from './power-locks.ts';
import { failureText } from './relay.ts';
import { readRpcArguments } from './rpc-arguments.ts';
import { safeStorageKeychain } from './safe-storage.ts';
import { lockContents, lockSession, servePages } from './session-locks.ts';
import { type Supervisor, superviseCore } from './supervisor.ts';
import { serveSystemProxy } from './system-proxy-relay.ts';
import { isTrustedSender } from './trusted-sender.ts';
import { PARTITION, windowOptions } from './window-options.ts';
import { chooseWorkspace, withWorkspace } from './workspace-choice.ts';

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.on('web-contents-created', (_event, contents) => lockContents(contents));

let window: BrowserWindow | null = null;
let closing = false;

/** Where a window stands, and whether somebody sees it there. */
interface Place extends Rectangle {
  readonly isMinimized: boolean;
}

function openWindow(place?: Place): void {
  const opened = new BrowserWindow({
    ...windowOptions({
      preload: join(import.meta.dirname, '../preload/preload.cjs'),
      devTools: !app.isPackaged,
    }),
    ...(place && { x: place.x, y: place.y, width: place.width, height: place.height }),
  });
  window = opened;
  opened.once('ready-to-show', () => {
    if (place?.isMinimized) opened.minimize();
    else if (place) opened.showInactive();
    else opened.show();
  });
  opened.on('closed', () => {
    if (window === opened) window = null;
  });
  void opened.loadURL(APP_URL);
}

/** The window that stands, as its renewal sees it; none while the app closes, which locks as well. */
function currentWindow(): PageWindow<Place> | null {
  const current = window;
  if (current === null || closing) return null;
  return {
    place: () => ({ ...current.getNormalBounds(), isMinimized: current.isMinimized() }),
    send: (event, data) => current.webContents.send('event', event, data),
    destroy: () => current.destroy(),
  };
}

function answerRenderer(core: Supervisor): void {
  ipcMain.handle('rpc', (event, ...args: unknown[]) => {
    if (event.sender !== window?.webContents || !isTrustedSender(event.senderFrame))
      throw new Error('refused');
    const call = readRpcArguments(args);
    return call
      ? core.call(call.name, call.input)
      : failureText('BAD_INPUT', 'This is not a call.');
  });
}

async function chooseOther(): Promise<void> {
  const choice = await dialog.showOpenDialog({
    title: 'Open another workspace',
    properties: ['openDirectory', 'createDirectory'],
  });
  const [folder] = choice.filePaths;
  if (choice.canceled || folder === undefined) return;
  // One process serves one workspace: another one is a new start.
  app.relaunch({ args: withWorkspace(process.argv.slice(1), folder) });
  app.quit();
}

function start(): void {
  const own = session.fromPartition(PARTITION);
  lockSession(own);
  // Nothing of ours uses the default session; it is locked in case something ever does.
  lockSession(session.defaultSession);
  servePages(own, join(import.meta.dirname, '../renderer'));

  const fallback = join(app.getPath('userData'), 'workspaces', 'default');
  const workspace = chooseWorkspace(process.argv.slice(1), fallback);
  const keychain = safeStorageKeychain({
    storage: safeStorage,
    folder: join(app.getPath('userData'), 'keychain'),
    platform: process.platform,
  });
  const core = superviseCore({
    fork: () => {
      const child = forkCore(workspace);
      serveKeychain(child, keychain);
      serveSystemProxy(child, (origin) => own.resolveProxy(origin));
      return child;
    },
    onEvent: pageEvents({ current: currentWindow, open: openWindow }),
    nowMs: () => performance.now(),
  });
  answerRenderer(core);

  const lock = () => void core.call('workspace.lock', '{}');
  lockOnAbsence(powerMonitor as AbsenceSource, lock);
  installMenu({ lock, chooseWorkspace: () => void chooseOther() });

  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    closing = true;
    event.preventDefault();
    void core.close().then(() => {
      closed = true;
      app.quit();
    });
  });
  app.on('window-all-closed', () => app.quit());
  // What a second start was asked to do comes from anywhere; it only brings the window to the front.
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  openWindow();
}

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

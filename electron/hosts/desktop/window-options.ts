import type { BrowserWindowConstructorOptions } from 'electron';

/** In memory: nothing of a session stays on the disk (a `persist:` prefix would keep it). */
export const PARTITION = 'trapstreet';

export interface WindowFacts {
  readonly preload: string;
  /** Developer tools are for unpackaged runs only. */
  readonly devTools: boolean;
}

/** Every lock is named, also where it is the default, so that a test can hold it. */
export function windowOptions(facts: WindowFacts): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Trapstreet',
    webPreferences: {
      preload: facts.preload,
      partition: PARTITION,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: facts.devTools,
    },
  };
}

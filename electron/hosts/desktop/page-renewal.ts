/** The window of the app as its renewal sees it; `Place` is where it stands on the screen. */
export interface PageWindow<Place> {
  place(): Place;
  send(event: string, data: string): void;
  /** Ends the window, and with it the process that its page ran in. */
  destroy(): void;
}

export interface PageWindows<Place> {
  current(): PageWindow<Place> | null;
  open(place: Place): void;
}

/**
 * Passes the events of the core on to the page. The one that says that the workspace was locked is not passed on: the window
 * is made anew at its place and the old one ended, so that what the page held in memory is gone with its process.
 */
export function pageEvents<Place>(
  windows: PageWindows<Place>,
): (event: string, data: string) => void {
  let wasUnlocked = false;
  return (event, data) => {
    const window = windows.current();
    const state = event === 'workspace.changed' ? stateOf(data) : null;
    // A lock is told twice where a run had to end first; a page that shows the lock already is left alone.
    const isLock = state === 'locked' && wasUnlocked;
    if (state !== null) wasUnlocked = state === 'unlocked';
    if (window === null) return;
    if (!isLock) return window.send(event, data);
    // The new one first: an app without a window quits.
    windows.open(window.place());
    window.destroy();
  };
}

function stateOf(data: string): unknown {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null && 'state' in value ? value.state : null;
}

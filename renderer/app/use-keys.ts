import { useEffect } from 'react';
import { go } from '../state/route.ts';
import { setView, useView } from '../state/view.ts';
import { PLACES } from './screens.tsx';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [role="dialog"]') !== null;

/** Ctrl or Cmd-K opens the palette, ? the sheet, G then a letter goes to a screen. */
export function useKeys(): void {
  useEffect(() => {
    let going = 0;
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setView({ paletteOpen: !useView.getState().paletteOpen });
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.key === '?') {
        event.preventDefault();
        setView({ shortcutsOpen: true });
      } else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (search) {
          event.preventDefault();
          search.focus();
        }
      } else if (event.key === 'g') {
        going = event.timeStamp;
      } else if (event.timeStamp - going < 1_500) {
        const place = PLACES.find((p) => p.key === event.key);
        going = 0;
        if (place) go(place.id);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

import { create } from 'zustand';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
];

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action: ToastAction | null;
}

interface View {
  readonly theme: Theme;
  readonly paletteOpen: boolean;
  readonly shortcutsOpen: boolean;
  readonly toasts: readonly Toast[];
  /** A verb that the palette or a shortcut asked a screen to do, such as `canaries.import`. */
  readonly intent: string | null;
  readonly canaryFilter: {
    readonly search: string;
    readonly status: string;
    readonly kind: string;
  };
  readonly planText: string | null;
}

const THEME_KEY = 'trapstreet.theme';
const isTheme = (value: string | null): value is Theme => THEMES.some((t) => t.value === value);

function storedTheme(): Theme {
  const value = localStorage.getItem(THEME_KEY);
  return isTheme(value) ? value : 'system';
}

const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');
const contrastQuery = window.matchMedia('(prefers-contrast: more)');

function applyTheme(theme: Theme): void {
  const system = contrastQuery.matches ? 'contrast' : darkQuery.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme === 'system' ? system : theme;
}

export const useView = create<View>(() => ({
  theme: storedTheme(),
  paletteOpen: false,
  shortcutsOpen: false,
  toasts: [],
  intent: null,
  canaryFilter: { search: '', status: '', kind: '' },
  planText: null,
}));

applyTheme(useView.getState().theme);
for (const query of [darkQuery, contrastQuery]) {
  query.addEventListener('change', () => applyTheme(useView.getState().theme));
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(THEME_KEY, theme);
  applyTheme(theme);
  useView.setState({ theme });
}

export const setView = useView.setState;

let nextToast = 1;
/** Says that something was done; with an action it stays long enough to be undone. */
export function toast(text: string, action: ToastAction | null = null): void {
  const id = nextToast++;
  useView.setState((view) => ({ toasts: [...view.toasts.slice(-1), { id, text, action }] }));
  setTimeout(() => dismissToast(id), action ? 10_000 : 5_000);
}

export function dismissToast(id: number): void {
  useView.setState((view) => ({ toasts: view.toasts.filter((t) => t.id !== id) }));
}

/** Takes the intent if it is this screen's; it is done once. */
export function takeIntent(name: string): boolean {
  if (useView.getState().intent !== name) return false;
  useView.setState({ intent: null });
  return true;
}

import { Eye } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { ICON } from './button.tsx';

/** Held with pointer, Space or Enter; released by anything that ends the hold. */
export function useHold(onStart?: () => void) {
  const [held, setHeld] = useState(false);
  const start = useCallback(() => {
    setHeld(true);
    onStart?.();
  }, [onStart]);
  const end = useCallback(() => setHeld(false), []);
  useEffect(() => {
    if (!held) return;
    const release = (): void => setHeld(false);
    window.addEventListener('pointerup', release);
    window.addEventListener('blur', release);
    document.addEventListener('visibilitychange', release);
    return () => {
      window.removeEventListener('pointerup', release);
      window.removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', release);
    };
  }, [held]);
  const handlers = {
    onPointerDown: start,
    onPointerUp: end,
    onPointerCancel: end,
    onBlur: end,
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      if (!event.repeat) start();
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (event.key === ' ' || event.key === 'Enter') end();
    },
  };
  return { held, handlers };
}

export function HoldButton({
  hold,
  label = 'Hold to reveal',
}: {
  hold: ReturnType<typeof useHold>;
  label?: string;
}) {
  return (
    <button
      type="button"
      aria-pressed={hold.held}
      {...hold.handlers}
      className="inline-flex h-8 shrink-0 justify-self-start touch-none whitespace-nowrap items-center gap-2 rounded-md border border-line-strong bg-raised px-3 select-none hover:bg-accent-soft aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-accent-ink"
    >
      <Eye {...ICON} />
      {label}
    </button>
  );
}

/** The steady block that stands for a secret: its size says nothing about what it hides. */
export function Block({ lines = 2 }: { lines?: number }) {
  return (
    <span
      role="img"
      aria-label="Hidden"
      className="secret-block block w-full"
      style={{ height: lines * 20 }}
    />
  );
}

interface RevealProps<T> {
  /** Asked on every hold; the custody log records it. */
  readonly fetch: () => Promise<T | null>;
  readonly lines?: number;
  readonly children: (value: T) => ReactNode;
}

/** Text that is fetched when held and forgotten when released. */
export function Reveal<T>({ fetch, lines = 4, children }: RevealProps<T>) {
  const [value, setValue] = useState<T | null>(null);
  const turn = useRef(0);
  const onStart = useCallback(() => {
    const mine = ++turn.current;
    void fetch().then((answer) => {
      if (turn.current === mine) setValue(answer);
    });
  }, [fetch]);
  const hold = useHold(onStart);
  useEffect(() => {
    if (hold.held) return;
    turn.current += 1;
    setValue(null);
  }, [hold.held]);
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-3">
        <HoldButton hold={hold} />
        <span className="text-12 text-ink-3">Each reveal is written to the custody log.</span>
      </div>
      <div data-testid="secret" style={{ minHeight: lines * 20 }}>
        {hold.held && value !== null ? children(value) : <Block lines={lines} />}
      </div>
    </div>
  );
}

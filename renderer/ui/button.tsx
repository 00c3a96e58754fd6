import type { ButtonHTMLAttributes, ReactNode } from 'react';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger';

const KIND: Readonly<Record<Kind, string>> = {
  primary:
    'bg-accent text-accent-ink border-accent font-medium hover:bg-accent-hover hover:border-accent-hover',
  plain: 'bg-raised text-ink border-line-strong hover:bg-accent-soft',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-accent-soft hover:text-ink',
  danger: 'bg-raised text-hit border-hit-mark hover:bg-hit-soft font-medium',
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: Kind;
  readonly size?: 'normal' | 'small' | 'large';
  readonly icon?: ReactNode;
  readonly busy?: boolean;
}

const SIZE = {
  small: 'h-6 px-2 text-12 gap-1',
  normal: 'h-8 px-3 text-13 gap-2',
  large: 'h-10 px-4 text-14 gap-2',
} as const;

export function Button(props: Props) {
  const {
    kind = 'plain',
    size = 'normal',
    icon,
    busy = false,
    children,
    className = '',
    ...rest
  } = props;
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={`inline-flex shrink-0 items-center justify-center rounded-md border whitespace-nowrap transition-colors duration-120 disabled:border-line disabled:bg-transparent disabled:text-ink-3 disabled:hover:bg-transparent ${KIND[kind]} ${SIZE[size]} ${className}`}
    >
      {icon}
      {children}
    </button>
  );
}

export const ICON = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

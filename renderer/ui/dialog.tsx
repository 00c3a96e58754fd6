import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, ICON } from './button.tsx';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly width?: 'narrow' | 'normal' | 'wide';
  readonly footer?: ReactNode;
  /** False while something would be lost: Escape, a click outside and the cross do nothing, only the footer's buttons do. */
  readonly dismissible?: boolean;
  readonly children?: ReactNode;
}

const WIDTH = { narrow: 'max-w-120', normal: 'max-w-160', wide: 'max-w-240' } as const;

export function Dialog(props: Props) {
  const { open, onClose, title, description, width, footer, dismissible = true, children } = props;
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && dismissible && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <Base.Popup
          className={`appear fixed inset-x-4 top-[8vh] z-50 mx-auto flex max-h-[84vh] flex-col rounded-md border border-line-strong bg-raised shadow-(--shade) ${WIDTH[width ?? 'normal']}`}
        >
          <header className="flex items-start gap-4 border-b border-line px-6 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-16 font-semibold">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-ink-2">{description}</Base.Description>
              )}
            </div>
            {dismissible && (
              <Base.Close
                render={
                  <Button kind="quiet" size="small" aria-label="Close" icon={<X {...ICON} />} />
                }
              />
            )}
          </header>
          {children && <div className="min-h-0 flex-1 overflow-auto px-6 py-4">{children}</div>}
          {footer && (
            <footer className="flex items-center justify-end gap-2 border-t border-line px-6 py-3">
              {footer}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

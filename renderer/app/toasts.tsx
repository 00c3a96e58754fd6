import { X } from 'lucide-react';
import { dismissToast, useView } from '../state/view.ts';
import { Button, ICON } from '../ui/button.tsx';

export function Toasts() {
  const toasts = useView((view) => view.toasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-6 bottom-6 z-60 grid justify-items-end gap-2"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className="appear pointer-events-auto flex items-center gap-3 rounded-md border border-line-strong bg-raised py-2 pr-2 pl-4 shadow-(--shade)"
        >
          <span>{toast.text}</span>
          {toast.action && (
            <Button
              size="small"
              onClick={() => {
                toast.action?.run();
                dismissToast(toast.id);
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <Button
            kind="quiet"
            size="small"
            aria-label="Dismiss"
            icon={<X {...ICON} size={14} />}
            onClick={() => dismissToast(toast.id)}
          />
        </div>
      ))}
    </div>
  );
}

import type { ReactNode } from 'react';
import { Mark } from '../../ui/mark.tsx';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  readonly aside: ReactNode;
  readonly foot: ReactNode;
}

/** The two doors: create and unlock. Form on the left, what it means on the right. */
export function Gate({ title, children, aside, foot }: Props) {
  return (
    <main className="grid h-full grid-cols-[minmax(0,1fr)] overflow-auto bg-ground lg:grid-cols-[minmax(420px,5fr)_7fr]">
      <div className="flex flex-col border-line bg-panel px-12 py-12 lg:border-r">
        <div className="flex items-center gap-3">
          <Mark size={28} />
          <span className="text-16 font-semibold">Trapstreet</span>
        </div>
        <div className="my-auto w-full max-w-100 py-8">
          <h1 className="mb-6 text-28 font-medium">{title}</h1>
          {children}
        </div>
        <div className="text-12 text-ink-3">{foot}</div>
      </div>
      <aside aria-label="About" className="hidden items-center px-16 lg:flex">
        <div className="max-w-130">{aside}</div>
      </aside>
    </main>
  );
}

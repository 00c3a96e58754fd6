import { afterEach } from 'vitest';

/** Closes after each test of the file, in reverse order, what the test hands over. */
export function closeAfterEach(): (close: () => Promise<unknown>) => void {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return (close) => {
    closing.push(close);
  };
}

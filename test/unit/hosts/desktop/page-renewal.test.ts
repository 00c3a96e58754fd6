import { describe, expect, test } from 'vitest';
import { pageEvents } from '../../../../electron/hosts/desktop/page-renewal.ts';

/** A desktop with at most one window that stands; what happened to each is written down. */
function desktop() {
  const log: string[] = [];
  let count = 0;
  let standing: number | null = null;
  const open = (place: string) => {
    count++;
    standing = count;
    log.push(`open ${count} ${place}`);
  };
  open('first');
  const tell = pageEvents<string>({
    open,
    current: () => {
      const own = standing;
      return own === null
        ? null
        : {
            place: () => `where ${own} stood`,
            send: (event, data) => log.push(`tell ${own} ${event} ${data}`),
            destroy: () => log.push(`end ${own}`),
          };
    },
  });
  const changed = (state: string) => tell('workspace.changed', JSON.stringify({ state }));
  const close = () => {
    standing = null;
  };
  return { log, tell, changed, close };
}

describe('the page on a lock', () => {
  test('its window is made anew at its place, then the old one is ended, and no word is lost to it', () => {
    const { log, changed, tell } = desktop();
    changed('unlocked');
    tell('audit.changed', '{"id":"a"}');
    changed('locked');
    tell('target.changed', '{}');
    expect(log).toEqual([
      'open 1 first',
      'tell 1 workspace.changed {"state":"unlocked"}',
      'tell 1 audit.changed {"id":"a"}',
      'open 2 where 1 stood',
      'end 1',
      'tell 2 target.changed {}',
    ]);
  });

  test('it is made anew once for each lock, however often a lock is told', () => {
    const { log, changed } = desktop();
    changed('locked');
    changed('unlocked');
    changed('locked');
    changed('locked');
    changed('unlocked');
    changed('locked');
    expect(log.filter((line) => /^(open|end)/.test(line))).toEqual([
      'open 1 first',
      'open 2 where 1 stood',
      'end 1',
      'open 3 where 2 stood',
      'end 2',
    ]);
    expect(log).toContain('tell 1 workspace.changed {"state":"locked"}');
    expect(log).toContain('tell 2 workspace.changed {"state":"locked"}');
  });

  test('a desktop without a window gets none', () => {
    const { log, changed, close } = desktop();
    changed('unlocked');
    close();
    changed('locked');
    expect(log.filter((line) => line.startsWith('open'))).toEqual(['open 1 first']);
  });
});

import { describe, expect, test } from 'vitest';
import { type CoreChild, superviseCore } from '../../../../electron/hosts/desktop/supervisor.ts';

interface FakeChild {
  readonly sent: unknown[];
  say(message: unknown): void;
  exit(): void;
  isKilled: boolean;
}

function rig() {
  const children: FakeChild[] = [];
  const events: string[] = [];
  let nowMs = 0;
  const fork = (): CoreChild => {
    let onMessage: (message: unknown) => void = () => {};
    let onExit = () => {};
    const child: FakeChild = {
      sent: [],
      say: (message) => onMessage(message),
      exit: () => onExit(),
      isKilled: false,
    };
    children.push(child);
    return {
      postMessage: (message) => child.sent.push(message),
      onMessage: (listener) => {
        onMessage = listener;
      },
      onExit: (listener) => {
        onExit = listener;
      },
      kill: () => {
        child.isKilled = true;
      },
    };
  };
  const core = superviseCore({
    fork,
    onEvent: (event, data) => events.push(`${event} ${data}`),
    nowMs: () => nowMs,
    closeMs: 1,
  });
  return {
    core,
    children,
    events,
    last: () => children.at(-1) as FakeChild,
    later: (byMs: number) => {
      nowMs += byMs;
    },
  };
}

describe('the supervisor', () => {
  test('starts another core when one dies, and says that the workspace is locked', async () => {
    const { core, children, events, last } = rig();
    const waiting = core.call('a.b', '{}');
    last().exit();
    expect(JSON.parse(await waiting).error.code).toBe('INTERRUPTED');
    expect(children).toHaveLength(2);
    expect(events).toEqual(['workspace.changed {"state":"locked"}']);
    const next = core.call('a.c', '{}');
    expect(last().sent).toEqual([{ kind: 'call', id: 1, name: 'a.c', input: '{}' }]);
    last().say({ kind: 'answer', id: 1, answer: 'yes' });
    expect(await next).toBe('yes');
  });

  test('gives up on a core that keeps dying', async () => {
    const { core, children, last } = rig();
    for (let count = 0; count < 4; count++) last().exit();
    expect(children).toHaveLength(4);
    expect(JSON.parse(await core.call('a.b', '{}')).error.code).toBe('INTERRUPTED');
  });

  test('does not give up on one that dies now and then', () => {
    const { children, last, later } = rig();
    for (let count = 0; count < 6; count++) {
      last().exit();
      later(61_000);
    }
    expect(children).toHaveLength(7);
  });

  test('closes once the core says that it closed', async () => {
    const { core, children, last } = rig();
    const closing = core.close();
    expect(last().sent).toEqual([{ kind: 'close' }]);
    last().say({ kind: 'closed' });
    await closing;
    last().exit();
    expect(children).toHaveLength(1);
  });

  test('ends a core that does not close in time', async () => {
    const { core, last } = rig();
    await core.close();
    expect(last().isKilled).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import type { Port } from '../../../../electron/hosts/desktop/relay.ts';
import {
  relayedSystemProxy,
  serveSystemProxy,
} from '../../../../electron/hosts/desktop/system-proxy-relay.ts';

/** Two ends of a channel; what is sent is copied, as between processes. */
function channel(): { readonly main: Port; readonly core: Port } {
  type Listener = (message: unknown) => void;
  const listeners: Record<'main' | 'core', Listener[]> = { main: [], core: [] };
  const end = (own: 'main' | 'core', other: 'main' | 'core'): Port => ({
    postMessage: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[other]) listener(copy);
      });
    },
    onMessage: (listener) => void listeners[own].push(listener),
  });
  return { main: end('main', 'core'), core: end('core', 'main') };
}

describe('the proxy settings of the system, asked across processes', () => {
  it('are told for the origin of a URL, each answer to its own question', async () => {
    const { main, core } = channel();
    const asked: string[] = [];
    serveSystemProxy(main, async (url) => {
      asked.push(url);
      if (url.includes('slow')) await new Promise((done) => setImmediate(done));
      return url.includes('slow') ? 'PROXY slow.test:1' : 'DIRECT';
    });
    const proxy = relayedSystemProxy(core);
    expect(
      await Promise.all([
        proxy.resolve('https://slow.test/secret?key=x'),
        proxy.resolve('http://quick.test:8080/'),
      ]),
    ).toEqual(['PROXY slow.test:1', 'DIRECT']);
    expect(asked).toEqual(['https://slow.test/', 'http://quick.test:8080/']);
  });

  it('are not known when the system fails, when it is no URL of a host, and when nobody answers', async () => {
    const { main, core } = channel();
    const proxy = relayedSystemProxy(core, 20);
    await expect(proxy.resolve('https://a.test/')).rejects.toThrow('not known');
    let asked = 0;
    serveSystemProxy(main, async () => {
      asked += 1;
      throw new Error('no settings');
    });
    await expect(proxy.resolve('https://a.test/')).rejects.toThrow('not known');
    for (const url of ['file:///etc/passwd', 'not a URL', ''])
      await expect(proxy.resolve(url)).rejects.toThrow('not known');
    expect(asked).toBe(1);
    main.postMessage({ kind: 'system-proxy-answer', id: 99, list: 'PROXY evil.test:1' });
    main.postMessage('nonsense');
  });
});

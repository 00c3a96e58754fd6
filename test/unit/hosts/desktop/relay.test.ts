import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { createEventBus } from '#core/events.ts';
import {
  createRelayClient,
  type Port,
  type RelayedCore,
  serveRelay,
} from '../../../../electron/hosts/desktop/relay.ts';

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function portOf(port: MessagePort): Port {
  open.push(port);
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
  };
}

type Dispatch = RelayedCore['dispatch'];
const echo: Dispatch = async (name, input) => ({ ok: true, data: { name, input } });

function connect(dispatch: Dispatch, onEvent: (event: string, data: string) => void = () => {}) {
  const { port1, port2 } = new MessageChannel();
  const events = createEventBus();
  const log: string[] = [];
  const core: RelayedCore = { dispatch, events, close: async () => void log.push('core closed') };
  serveRelay(portOf(port2), core, () => log.push('process ends'));
  return { client: createRelayClient(portOf(port1), onEvent), events, log, raw: port1 };
}

describe('the relay', () => {
  test('gives each call its own answer, in whatever order they come', async () => {
    const waiting = new Map<string, () => void>();
    const { client } = connect(async (name, input) => {
      if (name === 'a.slow') await new Promise<void>((resolve) => waiting.set(name, resolve));
      return { ok: true, data: input };
    });
    const slow = client.call('a.slow', '"first"');
    expect(await client.call('a.quick', '"second"')).toBe('{"ok":true,"data":"second"}');
    waiting.get('a.slow')?.();
    expect(await slow).toBe('{"ok":true,"data":"first"}');
  });

  test('passes failures on as they are', async () => {
    const { client } = connect(async () => ({
      ok: false,
      error: { code: 'CONFLICT', message: 'There is one.' },
    }));
    const answer = await client.call('case.create', '{}');
    expect(JSON.parse(answer).error.code).toBe('CONFLICT');
  });

  test('answers what is not JSON without asking the core', async () => {
    const { client } = connect(() => Promise.reject(new Error('asked')));
    expect(JSON.parse(await client.call('case.list', '{')).error.code).toBe('BAD_INPUT');
  });

  test('answers when the core itself breaks, without its words', async () => {
    const { client } = connect(() => Promise.reject(new Error('secret text')));
    const answer = await client.call('case.list', '{}');
    expect(JSON.parse(answer).error.code).toBe('INTERNAL');
    expect(answer).not.toContain('secret');
  });

  test('relays events as a name and JSON', async () => {
    const seen = Promise.withResolvers<[string, string]>();
    const { events } = connect(echo, (event, data) => seen.resolve([event, data]));
    events.emit('audit.changed', { auditId: 'x' });
    expect(await seen.promise).toEqual(['audit.changed', '{"auditId":"x"}']);
  });

  test('ignores messages of another form', async () => {
    const { client, raw } = connect(echo);
    for (const message of [null, 1, 'call', [], { kind: 'call' }, { kind: 'call', id: 'x' }, {}])
      raw.postMessage(message);
    expect(JSON.parse(await client.call('a.b', '1'))).toEqual({
      ok: true,
      data: { name: 'a.b', input: 1 },
    });
  });

  test('closes the core before it says so', async () => {
    const { client, log } = connect(echo);
    await client.close();
    expect(log).toEqual(['core closed', 'process ends']);
  });

  test('answers what waits, and all that follows, as interrupted when the other side is gone', async () => {
    const { client } = connect(() => new Promise(() => {}));
    const waiting = client.call('a.b', '{}');
    client.fail();
    expect(JSON.parse(await waiting).error.code).toBe('INTERRUPTED');
    expect(JSON.parse(await client.call('a.b', '{}')).error.code).toBe('INTERRUPTED');
    await client.close();
  });

  test('holds a bounded number of waiting calls', async () => {
    const { client } = connect(() => new Promise(() => {}));
    for (let index = 0; index < 256; index++) void client.call('a.b', '{}');
    expect(JSON.parse(await client.call('a.b', '{}')).error.code).toBe('INTERNAL');
  });
});

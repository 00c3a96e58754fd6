import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '#shared/contract/errors.ts';
import { type Rig, request, startRig, type Visitor, visit } from './wire.ts';

let rig: Rig;
let visitor: Visitor;
beforeEach(async () => {
  rig = await startRig({ heartbeatMs: 20 });
  visitor = await visit(rig);
});
afterEach(() => rig.stop());

describe('a call', () => {
  test('reaches the core with its input and brings the envelope back', async () => {
    rig.answer({ ok: true, data: { text: 'Grüße, 街' } });
    const answer = await visitor.call('canary.get', { id: 'W-1', note: 'ü' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toEqual({ ok: true, data: { text: 'Grüße, 街' } });
    expect(rig.calls).toEqual([{ name: 'canary.get', input: { id: 'W-1', note: 'ü' } }]);
  });

  test('may say its character set', async () => {
    const answer = await visitor.call(
      'workspace.status',
      {},
      {
        'content-type': 'application/json; charset=UTF-8',
      },
    );
    expect(answer.status).toBe(200);
  });

  test.each(Object.keys(ERRORS) as ErrorCode[])(
    'that fails with %s has its status',
    async (code) => {
      const failed = {
        ok: false,
        error: { code, message: 'It failed.', data: { at: 1 } },
      } as const;
      rig.answer(failed);
      const answer = await visitor.call('workspace.status', {});
      expect(answer.status).toBe(ERRORS[code].http);
      expect(JSON.parse(answer.body)).toEqual(failed);
    },
  );

  test('cannot set a prototype through its body', async () => {
    const body = '{"__proto__":{"polluted":true}}';
    await visitor.call('workspace.status', JSON.parse(body));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

/** Reads the stream until its text fits the pattern. */
function readEvents(fields: Record<string, string>, until: RegExp, onOpen: () => void) {
  return new Promise<string>((resolve, reject) => {
    let text = '';
    let opened = false;
    const socket = connect({ host: '127.0.0.1', port: rig.port });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (!opened && text.includes('retry: 1000')) {
        opened = true;
        onOpen();
      }
      if (until.test(text)) socket.destroy();
    });
    socket.write(request('GET /events', { host: rig.host, connection: 'keep-alive', ...fields }));
  });
}

describe('the event stream', () => {
  const own = () => ({ cookie: visitor.cookie, 'sec-fetch-site': 'same-origin' });

  test('carries the events of the core, each as a name and JSON', async () => {
    const text = await readEvents(own(), /audit\.changed\ndata: .*\n\n/, () => {
      rig.events.emit('workspace.changed', { state: 'unlocked' });
      rig.events.emit('audit.changed', { auditId: 'a\nb' });
    });
    expect(text).toContain('content-type: text/event-stream; charset=utf-8');
    expect(text).toContain('event: workspace.changed\ndata: {"state":"unlocked"}\n\n');
    expect(text).toContain('event: audit.changed\ndata: {"auditId":"a\\nb"}\n\n');
  });

  test('has a heartbeat when nothing happens', async () => {
    expect(await readEvents(own(), /(: still here\n\n[\s\S]*){2}/, () => {})).toContain(
      ': still here',
    );
  });

  test('is for our own page only', async () => {
    const text = await readEvents({ cookie: visitor.cookie }, /Only our own page/, () => {});
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('reaches every open page, and a page that left is forgotten', async () => {
    const both = await Promise.all(
      [1, 2].map(() =>
        readEvents(own(), /library\.changed/, () => rig.events.emit('library.changed', {})),
      ),
    );
    for (const text of both) expect(text).toContain('event: library.changed\ndata: {}\n\n');
    rig.events.emit('library.changed', {});
    expect((await visitor.call('workspace.status', {})).status).toBe(200);
  });

  test('ends when the server closes', async () => {
    const stream = readEvents(own(), /never/, () => void rig.server.close());
    expect(await stream).toContain('retry: 1000');
  });
});

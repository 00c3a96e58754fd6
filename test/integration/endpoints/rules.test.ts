import { describe, expect, it } from 'vitest';
import { classifyAddress } from '#core/endpoints/addresses.ts';
import { environmentHazards } from '#core/endpoints/hazards.ts';

describe('classifyAddress', () => {
  const rows: Record<string, readonly string[]> = {
    public: ['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
    private: [
      ...['127.0.0.1', '127.255.0.9', '10.1.2.3', '172.16.0.1', '172.31.9.9', '192.168.0.1'],
      ...['169.254.169.254', '100.64.0.1', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'fec0::1'],
      ...[
        '::ffff:127.0.0.1',
        '::ffff:a9fe:a9fe',
        '64:ff9b::10.0.0.1',
        '::127.0.0.1',
        '64:ff9b:1::808:808',
      ],
    ],
    forbidden: [
      ...[
        '0.0.0.0',
        '0.1.2.3',
        '224.0.0.1',
        '239.1.1.1',
        '255.255.255.255',
        '240.0.0.1',
        '192.0.2.1',
      ],
      ...['198.18.0.1', '::', 'ff02::1', '2002:7f00:1::', '2001::1', '2001:db8::1', '100::1'],
      ...['::ffff:0.0.0.0', '4000::1', 'not an address', '127.1'],
    ],
  };
  for (const [kind, addresses] of Object.entries(rows)) {
    it(`calls these ${kind}`, () => {
      expect(addresses.map((address) => [address, classifyAddress(address)])).toEqual(
        addresses.map((address) => [address, kind]),
      );
    });
  }
});

describe('environmentHazards', () => {
  it('names what is set, in any case, and never a value', () => {
    const env = {
      PATH: '/bin',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_EXTRA_CA_CERTS: '/x.pem',
      SSLKEYLOGFILE: '/keys',
      NODE_OPTIONS: '--x',
      https_proxy: 'http://user:password@proxy.test',
      NO_PROXY: '',
    };
    expect(environmentHazards({ env, execArgv: [] })).toEqual([
      { name: 'NODE_EXTRA_CA_CERTS', refuse: false },
      { name: 'NODE_OPTIONS --x', refuse: false },
      { name: 'NODE_TLS_REJECT_UNAUTHORIZED', refuse: true },
      { name: 'SSLKEYLOGFILE', refuse: true },
      { name: 'https_proxy', refuse: false },
    ]);
    expect(environmentHazards({ env: { PATH: '/bin' }, execArgv: [] })).toEqual([]);
  });

  const REFUSED: readonly (readonly [option: string, ...words: string[]])[] = [
    ['--tls-keylog', '--tls-keylog=/tmp/keys'],
    ['--tls-keylog', '--tls_keylog=/tmp/keys'],
    ['--tls-keylog', '"--tls-keylog=/tmp/my keys"'],
    ['--tls-keylog', '"--tls-key\\log"=/tmp/keys'],
    ['--tls-min-v1.0', '--tls-min-v1.0'],
    ['--tls-min-v1.1', '--tls-min-v1.1'],
    ['--tls-max-v1.1', '--tls-max-v1.1'],
    ['--tls-cipher-list', '--tls-cipher-list=NULL'],
    ['--insecure-http-parser', '--insecure-http-parser'],
    ['--inspect', '--inspect=0.0.0.0:9229'],
    ['--inspect-brk', '--inspect-brk'],
    ['--inspect-wait', '--inspect-wait'],
    ['--heapsnapshot-signal', '--heapsnapshot-signal=SIGUSR2'],
    ['--require', '--require', './a.js'],
    ['-r', '-r', './a.js'],
    ['--import', '--import=data:text/javascript,x'],
    ['--loader', '--loader', './a.mjs'],
    ['--experimental-loader', '--experimental-loader=./a.mjs'],
    ['--experimental-config-file', '--experimental-config-file=a.json'],
  ];
  it.each(REFUSED)(
    'refuses %s, in NODE_OPTIONS and on the command line: %s',
    (option, ...words) => {
      const env = { NODE_OPTIONS: `--no-warnings  ${words.join(' ')}` };
      expect(environmentHazards({ env, execArgv: [] })).toEqual(
        expect.arrayContaining([
          { name: 'NODE_OPTIONS --no-warnings', refuse: false },
          { name: `NODE_OPTIONS ${option}`, refuse: true },
        ]),
      );
      if (words.some((word) => word.includes('"'))) return;
      expect(environmentHazards({ env: {}, execArgv: words })).toEqual([
        { name: `node ${option}`, refuse: true },
      ]);
    },
  );

  it('records every other option by its name alone, once, and no value of it', () => {
    const env = { NODE_OPTIONS: '--use-openssl-ca --openssl-config="/a --b/c.cnf" --tls-max-v1.2' };
    const execArgv = ['--trace-tls', '--max-old-space-size=99', '-e', 'x()', '-e', '"--inspect"'];
    expect(environmentHazards({ env, execArgv })).toEqual(
      [
        'NODE_OPTIONS --openssl-config',
        'NODE_OPTIONS --tls-max-v1.2',
        'NODE_OPTIONS --use-openssl-ca',
        'node --max-old-space-size',
        'node --trace-tls',
        'node -e',
      ].map((name) => ({ name, refuse: false })),
    );
    expect(environmentHazards({ env: { NODE_OPTIONS: 'nonsense' }, execArgv: [] })).toEqual([
      { name: 'NODE_OPTIONS', refuse: false },
    ]);
  });
});

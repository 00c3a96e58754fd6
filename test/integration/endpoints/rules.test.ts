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
    const hazards = environmentHazards({
      PATH: '/bin',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_EXTRA_CA_CERTS: '/x.pem',
      SSLKEYLOGFILE: '/keys',
      NODE_OPTIONS: '--x',
      https_proxy: 'http://user:password@proxy.test',
      NO_PROXY: '',
    });
    expect(hazards).toEqual([
      { name: 'NODE_EXTRA_CA_CERTS', refuse: false },
      { name: 'NODE_OPTIONS', refuse: false },
      { name: 'NODE_TLS_REJECT_UNAUTHORIZED', refuse: true },
      { name: 'SSLKEYLOGFILE', refuse: true },
      { name: 'https_proxy', refuse: false },
    ]);
    expect(environmentHazards({ PATH: '/bin' })).toEqual([]);
  });
});

/** One drand chain: everything that is needed to check its rounds without asking anybody. */
export interface DrandChain {
  readonly name: string;
  /** Chain hash, hex: what a registration names. */
  readonly hash: string;
  /** `bls-unchained-g1-rfc9380`: signatures on G1 (48 bytes). `pedersen-bls-chained`: on G2 (96 bytes), over the one before. */
  readonly scheme: 'bls-unchained-g1-rfc9380' | 'pedersen-bls-chained';
  /** Compressed point, hex. */
  readonly publicKey: string;
  readonly groupHash: string;
  /** Time of round 1, in seconds since 1970. */
  readonly genesisTime: number;
  readonly periodSeconds: number;
}

/** The chains of the League of Entropy that are pinned here (resources/beacons holds the same as files). */
export const DRAND_CHAINS: readonly DrandChain[] = [
  {
    name: 'quicknet',
    hash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
    scheme: 'bls-unchained-g1-rfc9380',
    publicKey:
      '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
    groupHash: 'f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e',
    genesisTime: 1692803367,
    periodSeconds: 3,
  },
  {
    name: 'default',
    hash: '8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce',
    scheme: 'pedersen-bls-chained',
    publicKey:
      '868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31',
    groupHash: '176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a',
    genesisTime: 1595431050,
    periodSeconds: 30,
  },
];

import type { BeaconRound } from '#shared/evidence/beacon.ts';

const QUICKNET = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
const MAINNET = '8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce';

export interface PublishedRound extends BeaconRound {
  readonly randomness: string;
}

const quicknet = (round: number, signature: string, randomness: string): PublishedRound => ({
  chain: QUICKNET,
  round,
  signature,
  previousSignature: null,
  randomness,
});

/** The first rounds of quicknet, as the League of Entropy published them on 2023-08-23 from 15:09:27 UTC. */
export const QUICKNET_ROUNDS = [
  quicknet(
    1,
    'b55e7cb2d5c613ee0b2e28d6750aabbb78c39dcc96bd9d38c2c2e12198df95571de8e8e402a0cc48871c7089a2b3af4b',
    '1466a6cd24e327188770752f6134001c64d6efcc590ccc26b721611ad96f165a',
  ),
  quicknet(
    2,
    'b6b6a585449b66eb12e875b64fcbab3799861a00e4dbf092d99e969a5eac57dd3f798acf61e705fe4f093db926626807',
    '5782d6987841c654515a0e72b2d1ebb4e741234042c37cb19608ae50d93fb60c',
  ),
  quicknet(
    3,
    'b3fab6df720b68cc47175f2c777e86d84187caab5770906f515ff1099cb01e4deaa027075d860823e49477b93c72bd64',
    '7ef4621ace1c6da4eb2eee7cd901f81385bca5b189771ec0f08d0d2566dd1a21',
  ),
] as const;

/** Published rounds of the chained mainnet: the first two, and one that names the round before it. */
export const MAINNET_ROUNDS: readonly PublishedRound[] = [
  {
    chain: MAINNET,
    round: 1,
    signature:
      '8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b10104990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655',
    previousSignature: '176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a',
    randomness: '101297f1ca7dc44ef6088d94ad5fb7ba03455dc33d53ddb412bbc4564ed986ec',
  },
  {
    chain: MAINNET,
    round: 2,
    signature:
      'aa18facd2d51b616511d542de6f9af8a3b920121401dad1434ed1db4a565f10e04fad8d9b2b4e3e0094364374caafe9b10478bf75650124831509c638b5a36a7a232ec70289f8751a2adb47fc32eb70b57dc81c39d48cbcac9fec46cdfc31663',
    previousSignature:
      '8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b10104990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655',
    randomness: 'e8fee7dac6eb2b89df97d631cfccedbada7d5d05495bb546eef462e4145fdf8f',
  },
  {
    chain: MAINNET,
    round: 2_888_337,
    signature:
      '8a30c00d7ee4515d5bda5cfa4fe6d7896d2f9528549da49e0ce641b5d7ec41725e9143f0ba9bf3e5eecd08cb5873084701ae4e8589e786f2447fa42cf86a550881ee09d294025a69e38fd4e5a88e92b364446808f3a15b380c5d19eef03b74da',
    previousSignature:
      'a521f6e642166ba6f5a62c6fcb0c1ed2b338892afdec29fb004f1e419adbea5835d45618249360b266e785324b273d22050de0c0fd06cb46fe63669c64cb0f14be9836753358962bb3fb7cf72de768e784fde99a9e88194cbb20287111027524',
    randomness: '5f5cfa0b08343f04c418e8332be92a75088285df602741b75a4e8c1bda1a41db',
  },
];

/** A round as a relay answers it. */
export function relayAnswer(round: PublishedRound): string {
  return JSON.stringify({
    round: round.round,
    randomness: round.randomness,
    signature: round.signature,
    ...(round.previousSignature === null ? {} : { previous_signature: round.previousSignature }),
  });
}

/** method.md of every bag: how each number follows from the files, short enough to write a second verifier from. */
export const METHOD_TEXT = `# Method (method-1)

lp(x1, ...) is each part with its 4-byte big-endian length before it. H is SHA-256. Text is UTF-8.

## Commitment

- c = H("canary-commit/v1" 00 salt record), where record is the file canaries/<registry>-<leaf index>.record.
- leaf = H(00 "canary-leaf/v1" 00 c); inner node = H(01 left right); tree as in RFC 6962. Its root is M1.
- A drawn record holds keycommit = H(lp("canary-key-v1", id, K)); K stands in disclosures.jsonl as key.
- registration.json names the root, the size, the leaves that are found canaries, and the hash of the registration
  before it; commitments.txt holds every c in leaf order.

## Draw

- B is the beacon value of draw.json, or 32 zero bytes without one.
- Where draw.json shows a drand round, B = H(signature), and the signature verifies under the public key that the chain's
  operators publish (BLS12-381 over H(round, 8 bytes), with the previous signature before the round in the chained scheme).
  The round was published, at genesis + (round - 1) * period, after created_utc of registration.json and before the draw.
  A round that protocol.json names is the only one that may be shown: it was chosen before it existed. A value without a
  round rests on the laboratory's word.
- u = first 8 bytes, big-endian, of HMAC-SHA256(K, lp("canary-draw-v1", M1, id, B, counter)), counter 4 bytes from 0;
  rejected and counted up when u >= 2^64 - 2^64 mod N. The drawn response is number u mod N (from 0) of the record's list.
- Held out (twins, never served): sort the drawn canaries by HMAC-SHA256(K, lp("canary-serve-v1", M1, id, B, counter 0)),
  ties by id; the first ceil(f * n) are held out, f = held_out_ppm / 1 000 000 of protocol.json.
- Order of asking: ascending H(lp("canary-order-v1", M1, c, B)), which anybody can compute for all leaves.

## Answers

- transcripts.jsonl holds every HTTP exchange with the bytes as sent and received (base64, before gunzip).
- seals.jsonl: before a canary was opened, H over the canonical JSON of [{target, k, number, attempt, outcome,
  response_sha256}] of all its attempts, sorted by target, k, number.
- The answer is the final text of the response. Text and candidates are normalised (NFKC, format characters removed,
  case folded; runs of letters, digits and marks are words, a symbol (So) or a character of a script without spaces is a
  word by itself, all else separates); A is the set of candidates whose words stand in the answer as one unbroken row. More than 3: empty. Candidates that stand in the prompt are dropped; an echo of the whole
  prompt is empty. With several samples: the candidates found in most of them, more than 3: empty.
- Refused, filtered, truncated: A is empty, a miss. Timed out, rate-limited, failed, malformed: not administered.

## Evidence

- Per served canary: e(q) = 1 - q + q * (N / |A|) * h, h = 1 when the drawn response is in A; e(q) = 1 - q when A is
  empty; 1 when not administered.
- E = mean over q in {0.01, 0.02, 0.05, 0.10, 0.20, 0.50} of the product of e(q) over the canaries in order. If the answers are independent of
  the draws, the chance that E ever reaches x is at most 1/x (Ville). Anytime p = 1 / largest E.
- Under the rule "label" a suspect's count ends where report-grade or futility first holds.
- Report-grade: largest E >= m * 1000 (m suspects in the plan), also with every canary that was not administered as a
  miss; at least 3 canaries hit; E >= 100 with any one hit left out; control p >= 0.01; twin p >= 0.01. Lead: E >= 20.
- Controls: exact convolution over canaries of the number of controls that name a candidate. Twins and after-release
  canaries: Poisson-binomial upper tail of the hits, chance |A|/N each. They never enter E.
- Tier B (found canaries): rank among controls, p = (1 + controls at least as high) / (controls + 1). Never merged.
- scale.json is the verbal scale; its SHA-256 is its id.
`;

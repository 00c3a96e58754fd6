import { utf8 } from './bytes.ts';
import { disclosureRows, jsonLines, transcriptRows } from './data-files.ts';
import type { Derived } from './derive.ts';
import type { EvidenceDocument } from './document.ts';
import { assertEvidence } from './errors.ts';
import { manifestBytes } from './manifest.ts';
import { targetsBytes } from './targets.ts';

/** Files of a disclosure, besides canaries/R-L.record. */
export const DISCLOSURE = {
  readme: 'README.md',
  sums: 'sha256sums.txt',
  rows: 'disclosures.jsonl',
  exchanges: 'exchanges.jsonl',
  targets: 'targets.json',
} as const;

/** canaries/<registry>-<leaf index>.record */
export const disclosedRecordPath = (registry: number, leafIndex: number): string =>
  `canaries/${registry}-${leafIndex}.record`;

// The fenced bash block runs as written; a test does that.
const README = `# Canaries disclosed beside a public bag

These files open commitments that stand in a bag of the same audit: records and salts of the chosen canaries, their
drawing keys, and every exchange about them, byte for byte. They are not signed. They need no signature: each was bound
by what the bag holds, before anybody was asked (commitments.txt, the sealed plan) or as it came in (custody.jsonl).
Check the bag first (VERIFY.md in it). targets.json names the whole panel: its hash stands in the plan seal.

Then run this in bash, in the folder of this file, with the path of the bag in BAG. Nothing but coreutils, sed and grep is
needed. The program checks more (the draws, the requests, the scores): trapstreet bundle verify BAG --disclosure DIR.

\`\`\`bash
: "\${BAG:?set BAG to the folder of the bag}"
sha256sum --strict --quiet -c sha256sums.txt
diff <(find . -type f -not -name sha256sums.txt | cut -c3- | LC_ALL=C sort) <(cut -c67- sha256sums.txt | LC_ALL=C sort)
echo "files: complete, unchanged, none added"
text() { sed 's/.*"'"$1"'":"\\([^"]*\\)".*/\\1/'; }
number() { sed 's/.*"'"$1"'":\\([0-9]*\\).*/\\1/'; }
raw() { printf "$(sed 's/../\\\\x&/g')"; }
while IFS= read -r LINE; do
  R=$(number registry <<< "$LINE")
  I=$(number leaf_index <<< "$LINE")
  ID=$(text id <<< "$LINE")
  C=$({ printf 'canary-commit/v1\\0'; text salt <<< "$LINE" | raw; cat "canaries/$R-$I.record"; } | sha256sum | cut -c1-64)
  test "$C" = "$(sed -n "$((I + 1))p" "$BAG/data/registrations/$(printf %04d "$R")/commitments.txt")"
  if grep -q '"key":"' <<< "$LINE"; then
    K=$({ printf '\\0\\0\\0\\015canary-key-v1\\0\\0\\0'; printf %02x "\${#ID}" | raw; printf %s "$ID"; printf '\\0\\0\\0\\040'; text key <<< "$LINE" | raw; } | sha256sum | cut -c1-64)
    grep -qF '"keycommit":"'"$K"'"' "canaries/$R-$I.record"
  fi
done < disclosures.jsonl
echo "every record and key is the committed one"
while IFS= read -r LINE; do
  A=$(text attempt <<< "$LINE")
  grep -q '"ended_utc":"' <<< "$LINE" || continue
  body() { { grep -o '"'"$1"'":{"body":"[^"]*"' <<< "$LINE" || true; } | text body | base64 -d | sha256sum | cut -c1-64 | raw; }
  C=$({ printf 'exchange-commit/v1\\0'; text custody_salt <<< "$LINE" | raw; body request; body response; } | sha256sum | cut -c1-64)
  grep -F '"commitment":"'"$C"'"' "$BAG/data/custody.jsonl" | grep -qF '"attempt":"'"$A"'"'
done < exchanges.jsonl
grep -qF "$(sha256sum targets.json | cut -c1-64)" <(sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' "$BAG/data/plan.sigstore.json" | base64 -d)
echo "every exchange is the one that the custody log recorded"
\`\`\`
-> files: complete, unchanged, none added; every record and key is the committed one; every exchange is the one that
the custody log recorded
`;

/**
 * What opens the commitments of a bag for the chosen canaries, as a small folder: path to bytes. Throws EvidenceError where
 * one of them was not asked in this run.
 */
export function disclosureFiles(
  document: EvidenceDocument,
  derived: Derived,
  ids: ReadonlySet<string>,
): Map<string, Uint8Array> {
  const rows = disclosureRows(document, derived).filter(({ id }) => ids.has(id));
  assertEvidence(rows.length === ids.size, 'not all of these canaries were asked in this run');
  const files = new Map<string, Uint8Array>();
  for (const { registry, leafIndex, record } of document.canaries)
    if (rows.some((row) => row.registry === registry && row.leaf_index === leafIndex))
      files.set(disclosedRecordPath(registry, leafIndex), record);
  const exchanges = transcriptRows(derived).filter(({ canary }) => ids.has(canary));
  files.set(DISCLOSURE.rows, jsonLines(rows));
  files.set(DISCLOSURE.exchanges, jsonLines(exchanges));
  files.set(DISCLOSURE.targets, targetsBytes(document.panel));
  files.set(DISCLOSURE.readme, utf8(README));
  files.set(DISCLOSURE.sums, manifestBytes(files));
  return files;
}

import type { Profile } from './document.ts';

// VERIFY.md. The fenced bash blocks run as written from the bag's top folder; a test does that.
const WITH_TEXTS = `# How to check this bag without our software

Run these in bash, in the folder that holds bagit.txt. Needed: sha256sum, openssl 1.1.1 or newer, and the usual
text tools. Every block must end without an error, and print what stands after "->". All blocks at once, stopping at the
first thing that is wrong (read the script before you run it):

\`\`\`sh
sed -n '/^\`\`\`bash$/,/^\`\`\`$/{/^\`\`\`/d;p;}' data/VERIFY.md > ../verify-bag.sh
bash -e -o pipefail ../verify-bag.sh && echo "ALL OF IT HOLDS"
\`\`\`
-> last of all: ALL OF IT HOLDS

Pasted block by block, a line that begins with WRONG is a failure, whatever else is printed.

The public key in attestation/ is a copy. Compare its fingerprint (section 3) with one that you received by another
way: a letter, a web site, a notary. Without that comparison you know that the bag is consistent, not who signed it.

## 1. All files are the ones that were signed, and no other file is there

\`\`\`bash
WRONG=0
wrong() { WRONG=1; echo "WRONG: $1"; return 1; }
sha256sum --strict --quiet -c manifest-sha256.txt || wrong "a file under data/"
sha256sum --strict --quiet -c tagmanifest-sha256.txt || wrong "a file outside data/"
diff <(find data ! -type d | LC_ALL=C sort) <(cut -c67- manifest-sha256.txt) || wrong "files under data/ added or missing"
diff <(find . ! -type d -not -path './data/*' | LC_ALL=C sort) <(printf './%s\\n' attestation/report.sigstore.json attestation/signer.pub.pem bagit.txt manifest-sha256.txt tagmanifest-sha256.txt) || wrong "files added or missing"
test "$WRONG" = 0 && echo "files: complete, unchanged, none added"
\`\`\`
-> files: complete, unchanged, none added

## 2. The signature

The signed bytes are the pre-authentication encoding (PAE) of DSSE: "DSSEv1", the length and text of the payload
type, the length and bytes of the payload. The payload is an in-toto statement about manifest-sha256.txt.

\`\`\`bash
W=$(mktemp -d)
check_signature() { # the file with the signature, then the key (without: the one that signed the bag)
  sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' "$1" | base64 -d > "$W/payload"
  sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' "$1" | base64 -d > "$W/sig"
  { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < "$W/payload")"; cat "$W/payload"; } > "$W/pae"
  openssl dgst -sha256 -verify "\${2:-attestation/signer.pub.pem}" -signature "$W/sig" "$W/pae" || wrong "the signature of $1"
}
says() { # fails unless the payload checked last holds the hash of this file
  H=$(sha256sum < "$1" | cut -c1-64)
  grep -qF '"'"$H"'"' "$W/payload" || wrong "$1 is not the file that was signed"
}
check_signature attestation/report.sigstore.json
\`\`\`
-> Verified OK

\`\`\`bash
H=$(sha256sum manifest-sha256.txt | cut -c1-64)
grep -qF '"subject":[{"digest":{"sha256":"'"$H"'"},"name":"manifest-sha256.txt"}]' "$W/payload" || wrong "the statement is about another manifest"
grep -qF '"predicateType":"https://trapstreet.example/attestation/comparison-report/v1"' "$W/payload" || wrong "the statement is of another type"
test "$WRONG" = 0 && echo "the statement is about this manifest"
\`\`\`
-> the statement is about this manifest

## 3. The key

\`\`\`bash
printf 'SHA256:'
{ printf '\\0\\0\\0\\023ecdsa-sha2-nistp256\\0\\0\\0\\010nistp256\\0\\0\\0\\101'; openssl pkey -pubin -in attestation/signer.pub.pem -outform DER | tail -c 65; } | openssl dgst -sha256 -binary | base64 | tr -d '='
grep -o '"keyid":"[^"]*"' attestation/report.sigstore.json
if command -v ssh-keygen > /dev/null; then ssh-keygen -i -m PKCS8 -f attestation/signer.pub.pem > "$W/signer.pub"; ssh-keygen -lf "$W/signer.pub"; fi
\`\`\`
-> the same SHA256:... two or three times

What was signed before the signing key was changed is signed by an older key. data/key-history.jsonl, where it is there,
holds every key, one a line: the first signs itself, every other one is signed by the key before it, the last signed the
bag. Any fingerprint in it will do for the comparison, if you trust that the key was not stolen since.

\`\`\`bash
N=0
if test -f data/key-history.jsonl; then
  while IFS= read -r LINE; do
    BEFORE=$N; N=$((N + 1))
    printf '%s\\n' "$LINE" > "$W/line-$N"
    printf '%b' "$(sed 's/.*"public_key_pem":"\\([^"]*\\)".*/\\1/' <<< "$LINE")" > "$W/key-$N.pem"
    check_signature "$W/line-$N" "$W/key-$((BEFORE > 0 ? BEFORE : 1)).pem"
    says "$W/key-$N.pem"
  done < data/key-history.jsonl
  cmp "$W/key-$N.pem" attestation/signer.pub.pem || wrong "the key history ends with another key"
fi
key_of() { # the key of the history that a signature names
  K=$(sed 's/.*"signatures":\\[{"keyid":"\\([^"]*\\)".*/\\1/' "$1")
  for AT in $(seq "$N"); do
    if grep -qF '{"keyid":"'"$K"'",' "$W/line-$AT"; then echo "$W/key-$AT.pem"; return; fi
  done
  echo attestation/signer.pub.pem
}
test "$WRONG" = 0 && echo "keys: $N, each signed by the one before it"
\`\`\`
-> Verified OK for each, then: keys: N, each signed by the one before it (0: no history)

## 4. The plan and the registries were fixed and signed

\`\`\`bash
check_signature data/plan.sigstore.json "$(key_of data/plan.sigstore.json)"
says data/plan.yaml
says data/targets.json
for R in data/registrations/*; do
  check_signature "$R/registration.sigstore.json" "$(key_of "$R/registration.sigstore.json")"
  for F in registration.json commitments.txt protocol.json; do
    says "$R/$F"
  done
done
check_signature data/checkpoint.sigstore.json "$(key_of data/checkpoint.sigstore.json)"
says data/custody.jsonl
test "$WRONG" = 0 && echo "plan, registries and custody log: signed as they stand"
\`\`\`
-> Verified OK for each, then: plan, registries and custody log: signed as they stand

## 5. Every canary that was asked was committed beforehand

\`\`\`bash
while IFS= read -r LINE; do
  R=$(sed 's/.*"registry":\\([0-9]*\\).*/\\1/' <<< "$LINE")
  I=$(sed 's/.*"leaf_index":\\([0-9]*\\).*/\\1/' <<< "$LINE")
  SALT=$(sed 's/.*"salt":"\\([0-9a-f]*\\)".*/\\1/' <<< "$LINE")
  C=$({ printf 'canary-commit/v1\\0'; printf "$(sed 's/../\\\\x&/g' <<< "$SALT")"; cat "data/canaries/$R-$I.record"; } | sha256sum | cut -c1-64)
  test "$C" = "$(sed -n "$((I + 1))p" "data/registrations/$(printf %04d "$R")/commitments.txt")" || wrong "canary $R-$I is not the committed one"
done < data/disclosures.jsonl
test "$WRONG" = 0 && echo "every record is the committed one"
\`\`\`
-> every record is the committed one

## 6. Time

Every signature of this bag can carry RFC 3161 time stamps of independent authorities, over its raw bytes. A stamp
shows that the signature existed at that time. Where none is, the time is the laboratory's word alone.

The block takes the roots that the bag carries: copies, which prove nothing to you. Set TSA_ROOT to a file with the
authority's root certificate as you got it from the authority. -attime makes a stamp count after the authority's
certificate has ended.

\`\`\`bash
TSA_ROOT=\${TSA_ROOT:-data/tsa-roots.pem}
stamps_of() { { grep -o '"signedTimestamp":"[^"]*"' "$1" || true; } | cut -d '"' -f 4; }
for F in attestation/report.sigstore.json data/registrations/*/registration.sigstore.json data/plan.sigstore.json data/checkpoint.sigstore.json; do
  sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' "$F" | base64 -d > "$W/sig"
  stamps_of "$F" > "$W/stamps"
  test -s "$W/stamps" || echo "$F: UNSTAMPED"
  while IFS= read -r STAMP; do
    base64 -d <<< "$STAMP" > "$W/tsr"
    TIME=$(openssl ts -reply -in "$W/tsr" -text 2> /dev/null | sed -n 's/^Time stamp: //p')
    echo "$F: $TIME"
    openssl ts -verify -in "$W/tsr" -data "$W/sig" -CAfile "$TSA_ROOT" -attime "$(date -d "$TIME" +%s)" 2>&1 | grep 'Verification: OK'
  done < "$W/stamps"
done
\`\`\`
-> for each signature: its time and Verification: OK, or UNSTAMPED

\`\`\`bash
rm -r "$W"
\`\`\`

## 7. The same with cosign

attestation/report.sigstore.json is a Sigstore bundle v0.3. It is in no transparency log, hence the options. cosign 2.x also
needs --new-bundle-format, and has --timestamp-certificate-chain=../chain.pem in place of --tsa;
it takes any --type, so section 2 looks at the type. Where section 6 shows a stamp over attestation/report.sigstore.json, cosign checks it too, but
only with --use-signed-timestamps and a root made from the authority's chain, its own certificate first. Here the chain
is taken from the stamp, and the root from TSA_ROOT (one certificate, as you got it from the authority):

\`\`\`sh
grep -o '"signedTimestamp":"[^"]*"' attestation/report.sigstore.json | head -n 1 | cut -d '"' -f 4 | base64 -d > ../report.tsr
openssl ts -reply -in ../report.tsr -token_out 2> /dev/null | openssl pkcs7 -inform DER -print_certs | sed -n '/BEGIN/,/END/p' > ../chain.pem
grep -qF "$(tail -n 3 "$TSA_ROOT" | head -n 1)" ../chain.pem || cat "$TSA_ROOT" >> ../chain.pem
cosign trusted-root create --tsa="url=https://tsa.example,certificate-chain=../chain.pem" --out ../trusted-root.json
cosign verify-blob-attestation --bundle attestation/report.sigstore.json --key attestation/signer.pub.pem \\
  --insecure-ignore-tlog=true --use-signed-timestamps --trusted-root ../trusted-root.json \\
  --type https://trapstreet.example/attestation/comparison-report/v1 manifest-sha256.txt
\`\`\`
-> Verified OK

Where there is no stamp, the key alone decides. Without the empty root cosign would ask its own service.

\`\`\`sh
printf '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' > ../trusted-root.json
cosign verify-blob-attestation --bundle attestation/report.sigstore.json --key attestation/signer.pub.pem \\
  --insecure-ignore-tlog=true --trusted-root ../trusted-root.json \\
  --type https://trapstreet.example/attestation/comparison-report/v1 manifest-sha256.txt
\`\`\`
-> Verified OK

## 8. The rest

The numbers: method.md says how each is computed from disclosures.jsonl, transcripts.jsonl and the records.
transcripts.warc holds the exchanges of transcripts.jsonl for archive tools (ISO 28500). verify.html, where there is one,
does all checks in a browser without network; a page out of this bag cannot vouch for itself, so get it elsewhere too.
`;

const TARGETS_LINE = 'says data/targets.json\n';
const CUSTODY_LINE = 'says data/custody.jsonl\n';

/** VERIFY.md of a profile: without the commands that need files the profile withholds. */
export function verifyText(profile: Profile): string {
  if (profile === 'internal') return WITH_TEXTS;
  const shared = WITH_TEXTS.replace(CUSTODY_LINE, '')
    .replace(
      'plan, registries and custody log: signed as they stand"',
      'plan, registries and checkpoint: signed as they stand"',
    )
    .replace(
      'then: plan, registries and custody log: signed as they stand',
      `then: plan, registries and checkpoint: signed as they stand. This profile (${profile}) shows custody lines of other\nmatters as two hashes, so that custody.jsonl is not the file that was signed, but gives the same root`,
    );
  if (profile === 'counsel') return shared;
  const from = shared.indexOf('## 5.');
  const to = shared.indexOf('## 6.');
  return `${shared.slice(0, from).replace(TARGETS_LINE, '')}## 5. Canaries

Records, salts and keys are withheld in this profile. scores.jsonl gives for each canary its line in commitments.txt
(leaf_index, from 0), its scores and its inclusion path; whoever is shown a record and its salt checks them with
c = SHA-256("canary-commit/v1" 00 salt record).

${shared
  .slice(to)
  .replace('from disclosures.jsonl, transcripts.jsonl and the records.', 'from scores.jsonl.')
  .replace(/transcripts\.warc holds[^.]*\.[^.]*\.\s/, '')}`;
}

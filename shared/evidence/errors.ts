/** Something in evidence bytes is not as it must be. The message names the thing and never quotes secret text. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
}

export function assertEvidence(condition: boolean, message: string): asserts condition {
  if (!condition) throw new EvidenceError(message);
}

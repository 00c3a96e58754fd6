import type { EvaluationResult } from '../domain/evaluation.ts';
import { type EValue, eOfLog, type LogE, logE } from './brands.ts';

/**
 * E-values of several suspects at one common time: what e-BH is valid for. The class cannot be built from running
 * maxima: the compiler refuses them, and there is no other way in (METHOD 3.3).
 */
export class CurrentEValues {
  // A private field makes the type nominal: an object of the same shape is not one.
  readonly #values: readonly EValue[];
  private constructor(values: readonly EValue[]) {
    this.#values = values;
  }

  /** In the order in which they came. */
  get values(): readonly EValue[] {
    return this.#values;
  }

  /**
   * From running e-processes. `opened` counts the canaries opened in the audit so far, whatever a suspect was asked:
   * with panel-synchronous unsealing it is the common clock, and values of different times are refused.
   */
  static of(streams: readonly { readonly opened: number; readonly logE: LogE }[]): CurrentEValues {
    if (new Set(streams.map(({ opened }) => opened)).size > 1) {
      throw new RangeError('e-BH needs e-values of one common time');
    }
    return new CurrentEValues(streams.map((stream) => eOfLog(stream.logE)));
  }

  /**
   * From an evaluation: E of every suspect after the last opened canary. Where a suspect has stopped its E stays what it
   * was, which is the stopped process at the common time, an e-value too.
   */
  static ofEvaluation(result: EvaluationResult): CurrentEValues {
    return new CurrentEValues(result.suspects.map((suspect) => eOfLog(logE(suspect.logE))));
  }

  /** From bare e-values that the caller declares to be of one common time, as for a recomputation by hand. */
  static declared(values: readonly EValue[]): CurrentEValues {
    return new CurrentEValues([...values]);
  }
}

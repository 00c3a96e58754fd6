/** A parameter that a vendor is known to take and not to use. */
export interface Ignored {
  readonly note: string;
  readonly date: string;
  readonly source: string;
}

/** The vendor that a preset is about; null without one. */
export const vendorOf = (_resources: string, _preset: string | null): string | null => null;

/** Parameters that the vendor of a preset is known to ignore. */
export const ignoredBy = (
  _resources: string,
  _preset: string | null,
): ReadonlyMap<string, Ignored> => new Map();

/** A model as the engine sees it. Its name is never read by a score. */
export interface PanelModel {
  readonly name: string;
  /** Of references and controls only; null is a laboratory of its own. */
  readonly lab: string | null;
  /** May be named as a teacher. */
  readonly isReference: boolean;
  /** Its laboratory documents its own post-training: it may stand for "not taught by the reference". */
  readonly isControl: boolean;
}

/** Models as numbers: laboratories, and the controls of each laboratory. */
export interface Panel {
  readonly models: readonly PanelModel[];
  /** Laboratory of each model; a model without one has a number of its own. */
  readonly labs: readonly number[];
  /** Controls by laboratory; laboratories without controls are left out. */
  readonly controls: readonly { readonly lab: number; readonly members: readonly number[] }[];
}

export function createPanel(models: readonly PanelModel[]): Panel {
  const numbers = new Map<string, number>();
  let next = 0;
  const labs = models.map(({ lab }) => {
    const known = lab === null ? undefined : numbers.get(lab);
    if (known !== undefined) return known;
    if (lab !== null) numbers.set(lab, next);
    next += 1;
    return next - 1;
  });
  const byLab = new Map<number, number[]>();
  models.forEach(({ isControl }, model) => {
    const lab = labs[model];
    if (!isControl || lab === undefined) return;
    byLab.set(lab, [...(byLab.get(lab) ?? []), model]);
  });
  return {
    models,
    labs,
    controls: [...byLab].map(([lab, members]) => ({ lab, members })),
  };
}

/** Whether the reference's laboratory documents its post-training: it has a clean control. */
export function isDocumented(panel: Panel, reference: number): boolean {
  return panel.controls.some(({ lab }) => lab === panel.labs[reference]);
}

/** Laboratories that may judge a pair: all that have controls, but for the pair's own. */
export function judgesOf(panel: Panel, reference: number, suspect: number): number {
  const own = [panel.labs[reference], panel.labs[suspect]];
  return panel.controls.filter(({ lab }) => !own.includes(lab)).length;
}

import type { Plan } from '../domain/plan.ts';
import type { BagContent, Files } from './content.ts';
import type { Derived } from './derive.ts';
import type { DisclosedUse, ReportHead } from './document.ts';
import type { SignedPayload } from './dsse.ts';
import type { ReadBag } from './read-bag.ts';
import type { DisclosureRow } from './rows.ts';
import type { WithheldDocument } from './withheld.ts';

/** A canary as far as every profile shows it. */
export interface AskedCanary {
  readonly record: { readonly id: string };
  readonly disclosed: {
    readonly registry: number;
    readonly leafIndex: number;
    readonly use: DisclosedUse;
  };
}

/** What the checks that hold for every profile work on. */
export interface CommonSubject {
  readonly files: Files;
  /** SPKI DER of the key that must have signed everything. */
  readonly key: Uint8Array;
  /** It, and those before it that the key history leads from: what was signed before a rotation. */
  readonly keys: readonly Uint8Array[];
  readonly signed: SignedPayload;
  /** The bag's content, to be written again. */
  readonly content: BagContent;
  /** Files of the bag that its data do not give. */
  readonly attached: Files;
  readonly bag: {
    readonly document: ReportHead;
    readonly disclosures: readonly Pick<DisclosureRow, 'registry' | 'leaf_index' | 'path'>[];
  };
  readonly derived: { readonly plan: Plan; readonly canaries: readonly AskedCanary[] };
}

/** A bag with its texts. */
export interface Subject extends CommonSubject {
  readonly bag: ReadBag;
  readonly derived: Derived;
}

/** A public bag. */
export interface WithheldSubject extends CommonSubject {
  readonly document: WithheldDocument;
}

/** What a check gives when the profile withholds what it needs: never a pass. */
export class NotCheckable {
  readonly detail: string;
  constructor(detail: string) {
    this.detail = detail;
  }
}

/** What checks of texts and exchanges need: also of a few canaries that are disclosed beside a public bag. */
export type Texts = Pick<Subject, 'bag' | 'derived'>;
/** What checks of places in the registries need. */
export type Places = Pick<CommonSubject, 'bag'>;

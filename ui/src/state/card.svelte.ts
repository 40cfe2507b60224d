// A card on file, as it is being written. The till checks it.
import type { CardInput, CardTermsView, Code } from "../bridge";

/** A field of the form. */
export type CardField = "name" | "description";

export class CardForm {
  /** The provider's name of the card. */
  name = $state("");
  /** Held now, taken later. */
  hold = $state(false);
  /** The field the till refused. */
  problem = $state<CardField | null>(null);

  #description = $state<string | null>(null);
  readonly #suggest: () => string;

  constructor(suggest: () => string) {
    this.#suggest = suggest;
  }

  /** What it is for: as written, else as suggested. */
  get description(): string {
    return this.#description ?? this.#suggest();
  }

  set description(text: string) {
    this.#description = text;
  }

  /** As it is sent. */
  get input(): CardInput {
    const { name, description, hold } = this;
    return { card: name, description, hold };
  }

  /** Takes up a card that was charged, to be looked over. */
  resume({ card, description, hold }: CardTermsView): void {
    this.clear();
    this.name = card;
    this.hold = hold;
    this.#description = description;
  }

  /** Forgets all of it: the next customer has another card. */
  clear(): void {
    this.name = "";
    this.hold = false;
    this.problem = null;
    this.#description = null;
  }

  /** Puts a refusal beside its field. */
  blame(code: Code): void {
    if (code === "card_invalid") this.problem = "name";
    else if (code === "link_description") this.problem = "description";
  }
}

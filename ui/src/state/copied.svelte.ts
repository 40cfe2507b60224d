// Whether a link has reached the clipboard.

/** Puts a text on the clipboard; rejects where the system does not let it. */
export type Clip = (text: string) => Promise<void>;

export class Copied {
  /** The text copied last. */
  text = $state<string | null>(null);
  /** The text that could not be copied. */
  refused = $state<string | null>(null);
  readonly #clip: Clip;

  constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** Copies a text. Says so whichever way it goes: a cashier must not send yesterday's link. */
  async copy(text: string): Promise<void> {
    this.text = null;
    this.refused = null;
    try {
      await this.#clip(text);
      this.text = text;
    } catch {
      this.refused = text;
    }
  }
}

// Where there is no clipboard at all, asking for it throws: that is a refusal too.
export const copied = new Copied(async (text) => navigator.clipboard.writeText(text));

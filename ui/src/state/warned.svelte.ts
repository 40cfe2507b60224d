// What speaks against a charge: asked once, before anything is sent. The till decides what does; here somebody looks and
// says whether to go on.
import { call, type ApiError, type MoneyView, type PaymentView, type StartChargeRequest, type WarningView } from "../bridge";
import { screen, type Screen } from "./screen.svelte";

/** What is about to be charged. */
export interface About {
  readonly order: string;
  /** As drawn; none where the till has not said it yet. */
  readonly amount: MoneyView | null;
}

/** The question on the screen. */
export interface Question extends About {
  readonly warnings: readonly WarningView[];
}

export class Warned {
  /** What is asked; none where nothing is. */
  question = $state.raw<Question | null>(null);

  #answer: ((goOn: boolean) => void) | null = null;
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Charges; where something speaks against it, asks first. Rejects with the refusal where nobody goes on. */
  async charge(charge: StartChargeRequest, amount: MoneyView | null): Promise<PaymentView> {
    return this.send({ order: charge.order, amount }, (past) =>
      past.length === 0 ? call("start_charge", charge) : call("charge_anyway", { charge, past: [...past] }),
    );
  }

  /** Sends; what is warned of is asked about and sent once more with the names of what was seen. */
  async send(about: About, send: (past: readonly string[]) => Promise<PaymentView>): Promise<PaymentView> {
    let past: readonly string[] = [];
    for (;;) {
      try {
        return await send(past);
      } catch (error) {
        const { code, detail } = error as ApiError;
        if (code !== "charge_warned" || !detail) throw error;
        past = detail.split(" ");
        const { warnings } = await call("show_warnings", { warnings: [...past] });
        if (!(await this.#ask({ ...about, warnings }))) throw error;
      }
    }
  }

  /** What somebody said. Whatever else takes the question away counts as no. */
  answer(goOn: boolean): void {
    const answer = this.#answer;
    this.#answer = null;
    this.question = null;
    if (this.#screen.dialog === "warned") this.#screen.dismiss();
    answer?.(goOn);
  }

  #ask(question: Question): Promise<boolean> {
    this.answer(false);
    return new Promise((resolve) => {
      this.question = question;
      this.#answer = resolve;
      this.#screen.ask("warned");
      // The question about closing the window stays where it is.
      if (this.#screen.dialog !== "warned") this.answer(false);
    });
  }
}

export const warned = new Warned(screen);

// The letter to the customer of the link on the screen. Its words and its fate the till decides.
import { call, type ApiError, type Code, type LetterView } from "../bridge";

export class Letter {
  /** As the till told it last; none where nobody is to be told. */
  view = $state.raw<LetterView | null>(null);
  /** Why it was not sent. */
  problem = $state<Code | null>(null);
  /** It is being asked for. */
  busy = $state(false);

  #payment: string | null = null;
  #turn = 0;

  /** Looks at the letter of a payment; none for no payment. */
  async look(payment: string | null): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    if (payment !== this.#payment) {
      this.view = null;
      this.problem = null;
      this.#payment = payment;
    }
    if (payment === null) return;
    try {
      const { letter } = await call("payment_letter", { payment });
      if (turn === this.#turn) this.view = letter;
    } catch {
      // The payment itself says what is wrong with the till.
    }
  }

  /** Has it sent. */
  async send(): Promise<void> {
    const payment = this.#payment;
    if (payment === null || this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      const { letter } = await call("send_letter", { payment });
      if (payment === this.#payment) this.view = letter;
    } catch (error) {
      if (payment === this.#payment) this.problem = (error as ApiError).code;
    } finally {
      this.busy = false;
    }
  }
}

export const letter = new Letter();

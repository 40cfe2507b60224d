// The phone of a practice customer, with a payment page on it: whoever presses it is the customer.
import { call, type ApiError, type Code, type PracticePagePress, type PracticePageView } from "../bridge";

export class PracticePhone {
  /** The page as it is now; none where there is none, or none yet. */
  view = $state.raw<PracticePageView | null>(null);
  /** Why the last press did nothing. */
  problem = $state<Code | null>(null);
  /** A press is on its way. */
  pressing = $state(false);

  #payment: string | null = null;
  #asked = 0;

  /** Watches the page of one payment, or none. */
  async watch(payment: string | null): Promise<void> {
    if (payment === this.#payment) return;
    this.#payment = payment;
    this.#asked += 1;
    this.view = null;
    this.problem = null;
    this.pressing = false;
    await this.look();
  }

  /** Looks at the page anew: it is not pushed, and a customer's bank takes its time. */
  async look(): Promise<void> {
    const payment = this.#payment;
    if (payment === null || this.pressing) return;
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const view = await call("practice_page", { payment });
      if (turn === this.#asked) this.view = view;
    } catch {
      // There is no page before the link is made; the payment beside it says how that goes.
      if (turn === this.#asked) this.view = null;
    }
  }

  /** Presses a button of the page. */
  async press(press: PracticePagePress): Promise<void> {
    const payment = this.#payment;
    if (payment === null || this.pressing) return;
    this.#asked += 1;
    this.pressing = true;
    this.problem = null;
    try {
      const view = await call("practice_page_press", { payment, press });
      if (payment === this.#payment) this.view = view;
    } catch (error) {
      if (payment === this.#payment) this.problem = (error as ApiError).code;
    } finally {
      if (payment === this.#payment) this.pressing = false;
    }
  }
}

export const phone = new PracticePhone();

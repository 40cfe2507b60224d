// What waits for somebody: payments that are not known, and money that nobody expected. The till says what each is and what
// to do; here it is listed, and what a manager decides is sent.
import { call, type ApiError, type Code, type Decision, type InboxItemView } from "../bridge";
import { screen, type Screen } from "./screen.svelte";

/** What is being decided about. */
export interface Asked {
  readonly item: InboxItemView;
  readonly decision: Decision;
}

export class Inbox {
  /** As listed last; none until the till has answered. */
  items = $state.raw<readonly InboxItemView[] | null>(null);
  /** Why there is no list, or why something was not done. */
  problem = $state<Code | null>(null);
  /** The payment that something is being done with. */
  busy = $state<string | null>(null);
  /** The question on the screen. */
  asked = $state.raw<Asked | null>(null);

  #turn = 0;
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Lists them anew. An answer to an earlier question is dropped. */
  async refresh(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const { items } = await call("list_inbox", {});
      if (turn !== this.#turn) return;
      this.items = items;
    } catch (error) {
      if (turn === this.#turn) this.problem = (error as ApiError).code;
    }
  }

  /** Has the provider asked now. */
  async askNow(payment: string): Promise<void> {
    await this.#send(payment, () => call("ask_now", { payment }));
  }

  /** Asks a manager what becomes of it. */
  decide(item: InboxItemView, decision: Decision): void {
    this.asked = { item, decision };
    this.problem = null;
    this.#screen.ask("decide");
  }

  /** Sends what was decided. */
  async decided(reason: string): Promise<void> {
    const { asked } = this;
    if (!asked) return;
    const { item, decision } = asked;
    const payment = item.row.id;
    this.#screen.dismiss();
    await this.#send(payment, () => call("decide_payment", { payment, decision, reason }));
  }

  async #send(payment: string, send: () => Promise<unknown>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = payment;
    this.problem = null;
    try {
      await send();
    } catch (error) {
      this.problem = (error as ApiError).code;
    } finally {
      this.busy = null;
    }
    await this.refresh();
  }
}

export const inbox = new Inbox(screen);

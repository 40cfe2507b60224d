// The practice terminal beside a practice payment: whoever presses it is the customer.
import { call, type ApiError, type Code, type PracticePress, type PracticeTerminalView } from "../bridge";

export class PracticeTerminal {
  /** As it is now; none where no practice payment is shown. */
  view = $state.raw<PracticeTerminalView | null>(null);
  /** Why the last press did nothing. */
  problem = $state<Code | null>(null);
  /** A press is on its way. */
  pressing = $state(false);

  #code: string | null = null;
  #news = 0;

  /** Watches one terminal, or none. */
  async watch(code: string | null): Promise<void> {
    if (code === this.#code) return;
    this.#code = code;
    this.view = null;
    this.problem = null;
    if (code === null) return;
    await this.#ask(() => call("practice_terminal", { terminal: code }));
  }

  /** Takes a pushed view. */
  push(view: PracticeTerminalView): void {
    if (view.code !== this.#code) return;
    this.#news += 1;
    this.view = view;
  }

  /** Presses a button. */
  async press(press: PracticePress): Promise<void> {
    const terminal = this.#code;
    if (terminal === null || this.pressing) return;
    this.pressing = true;
    await this.#ask(() => call("practice_press", { terminal, press }));
    this.pressing = false;
  }

  /** What was pushed while the answer was on its way is newer than the answer. */
  async #ask(ask: () => Promise<PracticeTerminalView>): Promise<void> {
    const news = this.#news;
    const code = this.#code;
    try {
      const view = await ask();
      this.problem = null;
      if (news === this.#news && view.code === this.#code) this.view = view;
    } catch (error) {
      if (code === this.#code) this.problem = (error as ApiError).code;
    }
  }
}

export const practice = new PracticeTerminal();

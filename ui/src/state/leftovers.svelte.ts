// Payments that stand open at an account's provider and belong to no payment of this till.
import { call, type ApiError, type Code, type LeftoverView } from "../bridge";

export class Leftovers {
  /** As listed last; none until somebody asked. */
  rows = $state.raw<readonly LeftoverView[] | null>(null);
  /** Why there is no list, or why one was not closed. */
  problem = $state<Code | null>(null);
  /** A list is on its way. */
  looking = $state(false);
  /** The one being closed. */
  closing = $state<string | null>(null);
  /** The one somebody may close: the question is about it. */
  asked = $state.raw<LeftoverView | null>(null);

  #account: string | null = null;

  /** Comes to an account: another one's list is put away. */
  of(account: string | null): void {
    if (account === this.#account) return;
    this.#account = account;
    this.rows = null;
    this.problem = null;
    this.looking = false;
    this.closing = null;
    this.asked = null;
  }

  /** Lists them. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.#list((account) => call("list_leftovers", { account }));
    this.looking = false;
  }

  /** Closes the one that was asked about: the question said that it may be another till's. */
  async close(): Promise<void> {
    const intent = this.asked?.intent;
    if (intent === undefined || this.closing !== null) return;
    this.closing = intent;
    await this.#list((account) => call("close_leftover", { account, intent, is_confirmed: true }));
    this.closing = null;
  }

  async #list(ask: (account: string) => Promise<{ rows: readonly LeftoverView[] }>): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    this.problem = null;
    try {
      const { rows } = await ask(account);
      if (account === this.#account) this.rows = rows;
    } catch (error) {
      if (account === this.#account) this.problem = (error as ApiError).code;
    }
  }
}

export const leftovers = new Leftovers();

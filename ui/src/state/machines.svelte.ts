// The card machines that a payment system lists: how they are, while somebody may charge on one, and
// which of them an account uses.
import { call, type ApiError, type Code, type TerminalSeenView, type TerminalView } from "../bridge";
import { till, type Till } from "./till.svelte";

/** How often they are asked about while the charge screen is there. */
const EVERY_MS = 20_000;

/** Keeps the states of listed card machines fresh. What is learned comes with the overview. */
export class MachineWatch {
  readonly #till: Pick<Till, "overview">;
  readonly #asking = new Set<string>();

  constructor(till: Pick<Till, "overview">) {
    this.#till = till;
  }

  /** Asks now and again, until the returned function is called. */
  run(): () => void {
    void this.look();
    const timer = setInterval(() => void this.look(), EVERY_MS);
    return () => clearInterval(timer);
  }

  /** Asks each account that lists its machines. An answer that does not come changes nothing. */
  async look(): Promise<void> {
    const accounts = this.#till.overview?.accounts ?? [];
    const listing = accounts.filter((one) => one.lists_terminals && one.terminals.length > 0 && one.has_key !== false);
    await Promise.all(listing.map((account) => this.#ask(account.id)));
  }

  async #ask(account: string): Promise<void> {
    // A slow answer is not asked for twice.
    if (this.#asking.has(account)) return;
    this.#asking.add(account);
    try {
      await call("account_terminals", { account });
    } catch {
      // Nobody asked: a terminal that cannot be reached says so when it is charged on.
    } finally {
      this.#asking.delete(account);
    }
  }
}

/** A machine to choose, or one that is used and no longer listed. */
export type Machine = Pick<TerminalSeenView, "code" | "label"> & { state: TerminalSeenView["state"] | null };

/** The machines of one account, to choose from. */
export class Machines {
  /** As listed; none until there was an answer. */
  seen = $state.raw<readonly TerminalSeenView[] | null>(null);
  /** Why there is no list. */
  problem = $state<Code | null>(null);
  /** The list is on its way. */
  loading = $state(false);

  #account: string | null = null;
  #turn = 0;

  /** Lists those of an account. A list that is there stays until the next one comes. */
  async load(account: string): Promise<void> {
    if (account !== this.#account) this.seen = null;
    this.#account = account;
    this.#turn += 1;
    const turn = this.#turn;
    this.problem = null;
    this.loading = true;
    try {
      const { terminals } = await call("account_terminals", { account });
      if (turn === this.#turn) this.seen = terminals;
    } catch (error) {
      if (turn === this.#turn) this.problem = (error as ApiError).code;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Those listed, then those in use that are not: they can still be put away. */
  among(used: readonly Pick<TerminalView, "code" | "label">[]): readonly Machine[] {
    const seen = this.seen ?? [];
    const listed = new Set(seen.map((one) => one.code));
    const gone = used.filter((one) => !listed.has(one.code));
    return [...seen, ...gone.map(({ code, label }) => ({ code, label, state: null }))];
  }
}

export const machineWatch = new MachineWatch(till);
export const machines = new Machines();

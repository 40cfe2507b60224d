// The list of payments: newest first, a page at a time.
import { call, type ApiError, type Code, type PaymentRowView, type PaymentsFilter } from "../bridge";

export class PaymentList {
  /** The rows so far. */
  rows = $state.raw<readonly PaymentRowView[]>([]);
  /** Which payments. */
  filter = $state<PaymentsFilter>("all");
  /** What is looked for. */
  search = $state("");
  /** Whether there are more. */
  more = $state(false);
  /** Whether the till has answered once. */
  loaded = $state(false);
  /** Grows with each new question. */
  begun = $state(0);
  /** Why there are no rows. */
  problem = $state<Code | null>(null);

  #next: string | null = null;
  #turn = 0;
  #loading = false;
  #wasEmpty = false;

  /** Which payments to list, from the beginning. */
  async choose(filter: PaymentsFilter): Promise<void> {
    this.filter = filter;
    await this.reload();
  }

  /** Lists what is looked for, from the beginning. */
  async find(search: string): Promise<void> {
    this.search = search;
    await this.reload();
  }

  /** The first page anew. An answer to an earlier question is dropped. */
  async reload(): Promise<void> {
    this.#next = null;
    this.begun += 1;
    await this.#load((rows) => rows);
    await this.#fill();
  }

  /** The first page anew, over the rows there are: nothing jumps under a finger. */
  async refresh(): Promise<void> {
    const next = this.#next;
    const held = this.rows;
    await this.#load((fresh) => {
      const known = new Set(fresh.map((row) => row.id));
      return [...fresh, ...held.filter((row) => !known.has(row.id) && this.filter === "all")];
    });
    // The pages read already stay read.
    if (next !== null && this.filter === "all") this.#next = next;
    this.more = this.#next !== null;
  }

  /** The next page. */
  async loadMore(): Promise<void> {
    const before = this.#next;
    if (before === null || this.#loading) return;
    this.#loading = true;
    await this.#load((rows) => [...this.rows, ...rows], before);
    this.#loading = false;
    await this.#fill();
  }

  /** A search may stop before it found anything: it goes on while nobody asks for something else. */
  async #fill(): Promise<void> {
    if (this.#wasEmpty && this.#next !== null) await this.loadMore();
  }

  async #load(
    merge: (rows: readonly PaymentRowView[]) => readonly PaymentRowView[],
    before: string | null = null,
  ): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const { filter, search } = this;
      const page = await call("list_payments", { filter, search, before });
      if (turn !== this.#turn) return;
      this.#wasEmpty = page.rows.length === 0;
      // The list asks for more as soon as it sees these.
      this.#loading = false;
      this.rows = merge(page.rows);
      this.#next = page.next;
      this.more = page.next !== null;
      this.problem = null;
      this.loaded = true;
    } catch (error) {
      if (turn === this.#turn) this.problem = (error as ApiError).code;
    }
  }
}

export const payments = new PaymentList();

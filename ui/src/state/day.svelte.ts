// The day that goes on, the days that were closed, and the one on the screen.
import { tick } from "svelte";
import { call, type ApiError, type Code, type DayHeadView, type DayView } from "../bridge";

/** What the list beside the chart is by. */
export type DayTable = "terminals" | "accounts" | "cashiers";

/** What the screen shows: the day that goes on, the list of the others, or one of those. */
export type DayTab = "now" | "earlier" | "one";

export class Day {
  /** The report on the screen; none until the till has answered. */
  view = $state.raw<DayView | null>(null);
  /** The days that were closed; none until somebody asked. */
  days = $state.raw<readonly DayHeadView[] | null>(null);
  /** What the screen shows. */
  tab = $state<DayTab>("now");
  /** What the table is by. */
  table = $state<DayTable>("terminals");
  /** What is being done. */
  busy = $state<"closing" | "checking" | "saving" | null>(null);
  /** Where the last file was put. */
  saved = $state<string | null>(null);
  /** Why the last thing asked for was not done. */
  problem = $state<Code | null>(null);
  /** The report on its way to the printer. */
  paper = $state.raw<DayView | null>(null);

  #turn = 0;
  readonly #printer: () => void;

  constructor(printer: () => void) {
    this.#printer = printer;
  }

  /** The day that goes on. */
  async showNow(): Promise<void> {
    this.tab = "now";
    await this.#show(() => call("day_report", { check: false }));
  }

  /** The days that were closed. */
  async showEarlier(): Promise<void> {
    this.tab = "earlier";
    this.view = null;
    await this.#ask(async () => {
      this.days = (await call("list_days", {})).rows;
    });
  }

  /** One of them. */
  async showOne(number: number): Promise<void> {
    this.tab = "one";
    await this.#show(() => call("show_day", { number }));
  }

  /** Looks again at what is on the screen. */
  async refresh(): Promise<void> {
    if (this.busy === null && this.tab === "now") await this.showNow();
  }

  /** Holds every account against its provider's list. */
  async check(): Promise<void> {
    await this.#do("checking", () => this.#show(() => call("day_report", { check: true })));
  }

  /** Closes the day that is on the screen, and shows it closed. */
  async close(): Promise<void> {
    const number = this.view?.number;
    if (number === undefined || this.view?.closed) return;
    await this.#do("closing", async () => {
      const turn = (this.#turn += 1);
      try {
        const view = await call("close_day", { number });
        if (turn === this.#turn) {
          this.tab = "one";
          this.view = view;
        }
      } catch (error) {
        const { code } = error as ApiError;
        // What stands in the way may be another than was on the screen.
        await this.showNow();
        this.problem = code;
      }
    });
  }

  /** Keeps the report on the screen as a PDF. */
  async save(words: Record<string, string>): Promise<void> {
    const view = this.view;
    if (!view) return;
    await this.#do("saving", () =>
      this.#ask(async () => {
        const number = view.closed ? view.number : null;
        this.saved = (await call("day_file", { number, words, is_saved: true })).path;
      }),
    );
  }

  /** Prints the report on the screen, and nothing else of the window. */
  async print(): Promise<void> {
    this.paper = this.view;
    if (this.paper === null) return;
    // It has to be on the page first.
    await tick();
    this.#printer();
    this.paper = null;
  }

  async #do(what: NonNullable<Day["busy"]>, work: () => Promise<void>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = what;
    await work();
    this.busy = null;
  }

  async #show(fetch: () => Promise<DayView>): Promise<void> {
    const turn = (this.#turn += 1);
    await this.#ask(async () => {
      const view = await fetch();
      if (turn === this.#turn) this.view = view;
    });
  }

  async #ask(work: () => Promise<void>): Promise<void> {
    this.problem = null;
    this.saved = null;
    try {
      await work();
    } catch (error) {
      this.problem = (error as ApiError).code;
    }
  }
}

export const day = new Day(() => window.print());

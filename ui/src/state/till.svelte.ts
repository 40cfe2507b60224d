// What the till says of itself: accounts, terminals, open payments, health.
import { call, type AccountView, type ApiError, type Code, type ElsewhereView, type OverviewView, type StaffView, type System, type SystemView } from "../bridge";

/** How often the overview is asked for again when one was pushed while it was on its way. */
const TRIES = 3;

export class Till {
  /** As the till was told last; none until it has answered once. */
  overview = $state.raw<OverviewView | null>(null);
  /** Why there is no overview. */
  fault = $state<Code | null>(null);
  /** No payment was ever taken here. */
  untouched = $state(false);
  #pushes = 0;

  /** Somebody who has the practice store and nothing else, and has not begun. */
  get isFirstRun(): boolean {
    return this.untouched && this.overview?.only_practice === true && this.overview.cashier === "";
  }

  /** What is known of a system. */
  systemOf(system: System): SystemView | undefined {
    return this.overview?.systems.find((one) => one.system === system);
  }

  /** A system as people call it. */
  providerOf(system: System): string {
    return this.systemOf(system)?.name ?? "";
  }

  /** Asks for the overview. What is pushed meanwhile is newer than the answer, so it asks again. */
  async refresh(): Promise<void> {
    try {
      for (let turn = 0; turn < TRIES; turn += 1) {
        const pushes = this.#pushes;
        const view = await call("overview", {});
        if (pushes === this.#pushes) {
          this.overview = view;
          break;
        }
      }
      this.fault = null;
    } catch (error) {
      this.fault = (error as ApiError).code;
    }
  }

  /** Opens the till: the overview, and whether anything was ever charged. */
  async open(): Promise<void> {
    await this.refresh();
    if (this.overview?.only_practice !== true || this.overview.cashier !== "") return;
    try {
      const page = await call("list_payments", { filter: "all", search: "", before: null });
      this.untouched = page.rows.length === 0;
    } catch {
      // A journal that cannot be read is told as the overview's trouble; a welcome is not owed.
      this.untouched = false;
    }
  }

  /** Takes what is known of the providers' lists. */
  takeElsewhere(elsewhere: ElsewhereView): void {
    if (!this.overview) return;
    this.#pushes += 1;
    this.overview = { ...this.overview, elsewhere };
  }

  /** Takes what came in answer to a change of the staff. */
  takeStaff(staff: StaffView): void {
    if (!this.overview) return;
    this.#pushes += 1;
    this.overview = { ...this.overview, staff };
  }

  /**
   * Takes an overview that was pushed, or came in answer to a change. The keychain is not asked for
   * those: what it said last still holds.
   */
  take(view: OverviewView): void {
    this.#pushes += 1;
    const known = new Map(this.overview?.accounts.map((account) => [account.id, account.has_key]));
    const accounts = view.accounts.map((account): AccountView => {
      return { ...account, has_key: account.has_key ?? known.get(account.id) ?? null };
    });
    this.overview = { ...view, accounts };
    this.fault = null;
  }
}

export const till = new Till();

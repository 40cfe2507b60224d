// Who stands at the till: the lock, the change of hands, and a manager's word over a cashier's deed.
// What anybody may do the till decides; this only asks for PINs and hands them on.
import { call, whenRefused, type ApiError, type ApprovalView, type Code, type StaffView } from "../bridge";
import { screen, type Screen } from "./screen.svelte";
import { till, type Till } from "./till.svelte";

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
/** How often a till that is used says so. */
const STAY_EVERY_MS = 20_000;
/** More digits than any PIN has. */
const DIGITS_LIMIT = 12;

/** A PIN being typed. Its digits are kept here, are shown nowhere, and go when they were used. */
export class PinEntry {
  /** Whose it is; none until somebody was chosen. */
  person = $state<string | null>(null);
  /** How many digits stand there. */
  length = $state(0);
  /** Why the last one was not taken. */
  problem = $state<Code | null>(null);
  /** How many seconds no PIN of this person is looked at. */
  wait_s = $state(0);
  /** It is being checked: that takes a moment on purpose. */
  busy = $state(false);
  #digits = "";
  #until_ms = 0;

  /** Begins anew, with somebody where that is clear. */
  begin(person: string | null): void {
    this.choose(person);
  }

  /** Chooses whose PIN it is. */
  choose(person: string | null): void {
    this.person = person;
    this.problem = null;
    this.wait_s = 0;
    this.#until_ms = 0;
    this.#empty();
  }

  press(digit: string): void {
    if (this.busy || this.wait_s > 0 || this.#digits.length >= DIGITS_LIMIT) return;
    this.problem = null;
    this.#digits += digit;
    this.length = this.#digits.length;
  }

  erase(): void {
    this.#digits = this.#digits.slice(0, -1);
    this.length = this.#digits.length;
  }

  /** Lets a wait go on. */
  tick(): void {
    this.wait_s = Math.max(0, Math.ceil((this.#until_ms - Date.now()) / SECOND_MS));
    if (this.wait_s === 0 && this.problem === "pin_locked") this.problem = null;
  }

  /** Hands the PIN on. True where it was taken. */
  async use(send: (staff: string, pin: string) => Promise<void>): Promise<boolean> {
    if (this.busy || this.person === null || this.#digits === "" || this.wait_s > 0) return false;
    this.busy = true;
    const pin = this.#digits;
    this.#empty();
    try {
      await send(this.person, pin);
      this.problem = null;
      return true;
    } catch (error) {
      const { code, detail } = error as ApiError;
      this.problem = code;
      if (code === "pin_locked") {
        this.#until_ms = Date.now() + Number(detail ?? 0) * SECOND_MS;
        this.tick();
      }
      return false;
    } finally {
      this.busy = false;
    }
  }

  #empty(): void {
    this.#digits = "";
    this.length = 0;
  }
}

export class Staff {
  /** What waits for somebody's word. */
  approval = $state.raw<ApprovalView | null>(null);
  /** Why it is done. */
  reason = $state("");
  readonly entry = new PinEntry();
  #decide: ((approved: boolean) => void) | null = null;
  #touched_ms = Date.now();
  #stayed_ms = 0;
  readonly #till: Till;
  readonly #screen: Screen;

  constructor(till: Till, screen: Screen) {
    this.#till = till;
    this.#screen = screen;
  }

  /** As the till told it last. */
  get view(): StaffView | null {
    return this.#till.overview?.staff ?? null;
  }

  /** There are people and nobody of them is signed in. */
  get locked(): boolean {
    return this.view?.is_asked === true && this.view.signed_in === null;
  }

  /** Asks who takes over; whoever is signed in stays so until then. */
  change(): void {
    if (this.view?.is_asked !== true || this.locked) return;
    this.entry.begin(null);
    this.#screen.ask("switch");
  }

  /** Signs in whoever typed. */
  async signIn(): Promise<void> {
    const taken = await this.entry.use(async (staff, pin) => {
      this.#till.takeStaff(await call("sign_in", { staff, pin }));
    });
    if (!taken) return;
    this.touch();
    this.entry.begin(null);
    if (this.#screen.dialog === "switch") this.#screen.dismiss();
  }

  /** Leaves the till to the next one. */
  async lock(idle = false): Promise<void> {
    this.entry.begin(null);
    if (this.#screen.dialog !== "close") this.#screen.dismiss();
    try {
      this.#till.takeStaff(await call("sign_out", { idle }));
    } catch {
      await this.#till.refresh();
    }
  }

  /** Something was refused until somebody approves it: shows what, and waits for their word. */
  async consider(error: ApiError): Promise<boolean> {
    if (error.code === "nobody_signed_in") {
      await this.#till.refresh();
      return false;
    }
    this.giveUp();
    const approval = await call("asked_approval", {});
    this.approval = approval;
    this.reason = "";
    const [only, ...others] = approval.approvers;
    this.entry.begin(only && others.length === 0 ? only.id : null);
    this.#screen.ask("approval");
    return new Promise((decide) => {
      this.#decide = decide;
    });
  }

  /** Approves it by the PIN that was typed. */
  async approve(): Promise<void> {
    const reason = this.reason;
    if (reason.trim() === "") {
      this.entry.problem = "reason_missing";
      return;
    }
    const taken = await this.entry.use(async (staff, pin) => {
      await call("approve", { staff, pin, reason });
    });
    if (taken) this.#end(true);
  }

  /** Leaves it undone. */
  giveUp(): void {
    this.#end(false);
  }

  /** Somebody touched the till. */
  touch(): void {
    this.#touched_ms = Date.now();
    if (this.locked || (this.view?.idle_minutes ?? 0) === 0) return;
    if (this.#touched_ms - this.#stayed_ms < STAY_EVERY_MS) return;
    this.#stayed_ms = this.#touched_ms;
    // Where it was too late the next overview says so.
    void call("stay_signed_in", {}).catch(() => undefined);
  }

  /** Locks a till that nobody touched for long enough. */
  mind(): void {
    const minutes = this.view?.idle_minutes ?? 0;
    if (minutes === 0 || this.locked) return;
    if (Date.now() - this.#touched_ms >= minutes * MINUTE_MS) void this.lock(true);
  }

  #end(approved: boolean): void {
    this.approval = null;
    this.reason = "";
    this.entry.begin(null);
    if (this.#screen.dialog === "approval") this.#screen.dismiss();
    const decide = this.#decide;
    this.#decide = null;
    decide?.(approved);
  }
}

export const staff = new Staff(till, screen);
whenRefused((error) => staff.consider(error));

// A PIN that whoever is signed in changes by themselves: the one they have, the new one, the new one again.
// Whether they are right the till decides, and only with all three.
import { call, type Code } from "../bridge";
import { screen, type Screen } from "./screen.svelte";
import { PinEntry, staff, type Staff } from "./staff.svelte";
import { till, type Till } from "./till.svelte";

/** Which of the three is typed. */
export type OwnPinStep = "now" | "new" | "again";

/** What is wrong with the one they have; everything else is about the new one. */
const OF_NOW: readonly Code[] = ["pin_wrong", "pin_locked", "nobody_signed_in"];

export class OwnPin {
  step = $state<OwnPinStep>("now");
  /** It is changed: the dialog says so. */
  done = $state(false);
  readonly entry = new PinEntry();
  #now = "";
  #new = "";
  readonly #till: Till;
  readonly #screen: Screen;
  readonly #staff: Staff;

  constructor(till: Till, screen: Screen, staff: Staff) {
    this.#till = till;
    this.#screen = screen;
    this.#staff = staff;
  }

  /** Asks whoever is signed in. */
  begin(): void {
    const who = this.#staff.view?.signed_in;
    if (!who) return;
    this.#forget();
    this.done = false;
    this.step = "now";
    this.entry.begin(who.id);
    this.#screen.ask("own_pin");
  }

  /** Takes what was typed, and hands all three on once they are there. */
  async enter(): Promise<void> {
    if (this.step !== "again") {
      await this.entry.use(async (_, pin) => {
        if (this.step === "now") this.#now = pin;
        else this.#new = pin;
        this.step = this.step === "now" ? "new" : "again";
      });
      return;
    }
    if (this.entry.length === 0) return;
    const [pin, new_pin] = [this.#now, this.#new];
    this.done = await this.entry.use(async (_, again) => {
      this.#till.takeStaff(await call("change_own_pin", { pin, new_pin, again }));
    });
    if (this.done) this.#forget();
    else if (this.entry.problem !== null) this.step = OF_NOW.includes(this.entry.problem) ? "now" : "new";
  }

  /** What was typed does not stay in the page. */
  leave(): void {
    this.#forget();
    this.entry.begin(null);
    if (this.#screen.dialog === "own_pin") this.#screen.dismiss();
  }

  #forget(): void {
    this.#now = "";
    this.#new = "";
  }
}

export const ownPin = new OwnPin(till, screen, staff);

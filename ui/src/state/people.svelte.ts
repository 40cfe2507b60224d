// Settings: who works here, and the rules they work by.
import { call, type ApiError, type Code, type PersonView, type Role, type StaffView } from "../bridge";
import { till, type Till } from "./till.svelte";

/** Somebody as typed in. */
export type PersonDraft = { id: string | null; name: string; role: Role; pin: string };

export class People {
  /** Who is being added or changed. */
  draft = $state<PersonDraft | null>(null);
  /** Why the last thing was not done. */
  problem = $state<Code | null>(null);
  /** It is being done. */
  busy = $state(false);
  /** The rules were saved as they stand. */
  rulesSaved = $state(false);
  readonly #till: Till;

  constructor(till: Till) {
    this.#till = till;
  }

  /** Begins somebody new; the first is a manager. */
  add(): void {
    const role = this.#till.overview?.staff.is_asked ? "cashier" : "manager";
    this.draft = { id: null, name: "", role, pin: "" };
    this.problem = null;
  }

  edit(person: PersonView): void {
    this.draft = { id: person.id, name: person.name, role: person.role, pin: "" };
    this.problem = null;
  }

  leave(): void {
    this.draft = null;
    this.problem = null;
  }

  async save(): Promise<void> {
    const draft = this.draft;
    if (!draft) return;
    const { id, name, role, pin } = draft;
    // What was typed does not stay in the page, whatever comes of it.
    draft.pin = "";
    const done = await this.#do(() =>
      id === null
        ? call("add_staff", { name, role, pin })
        : call("change_staff", { staff: id, name, role, pin: pin === "" ? null : pin }),
    );
    if (done) this.draft = null;
  }

  async remove(): Promise<void> {
    const id = this.draft?.id;
    if (id && (await this.#do(() => call("remove_staff", { staff: id })))) this.draft = null;
  }

  async saveRules(idle_minutes: number, limits: { currency: string; digits: string }[]): Promise<void> {
    this.rulesSaved = await this.#do(() => call("choose_staff_rules", { idle_minutes, limits }));
  }

  async #do(send: () => Promise<StaffView>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      this.#till.takeStaff(await send());
      return true;
    } catch (error) {
      this.problem = (error as ApiError).code;
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const people = new People(till);

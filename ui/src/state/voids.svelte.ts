// Withdrawing several payments at once: what is selected, the dry run, and what becomes of it.
import {
  call,
  type ApiError,
  type Code,
  type VoidChoice,
  type VoidHeadView,
  type VoidPlanView,
  type VoidProofForm,
  type VoidView,
  type VoidWish,
} from "../bridge";
import { screen } from "./screen.svelte";
import { till } from "./till.svelte";

export class Voids {
  /** The payments that are selected in the list. */
  selected = $state.raw<ReadonlySet<string>>(new Set());
  /** The dry run; none once it was started or left. */
  plan = $state.raw<VoidPlanView | null>(null);
  /** The batch shown. */
  view = $state.raw<VoidView | null>(null);
  /** Earlier batches, newest first. */
  earlier = $state.raw<readonly VoidHeadView[]>([]);
  /** Why. */
  reason = $state("");
  /** In one's own words. */
  note = $state("");
  /** The list as typed or pasted. */
  text = $state("");
  /** Something was asked of the till and is not answered. */
  busy = $state(false);
  /** Why the last thing asked for was not done. */
  problem = $state<Code | null>(null);
  /** What the till said about that: the columns of a file. */
  detail = $state("");
  /** Where the proof was saved. */
  saved = $state("");
  /** The shop's rules were saved, and nothing was typed since. */
  rulesSaved = $state(false);

  #reading = false;
  #changed = false;

  /** Selects a payment, or no longer. */
  toggle(payment: string): void {
    const selected = new Set(this.selected);
    if (!selected.delete(payment)) selected.add(payment);
    this.selected = selected;
  }

  /** Selects none. */
  clear(): void {
    this.selected = new Set();
  }

  /** A dry run of what is chosen: nothing is sent. */
  async look(choice: VoidChoice): Promise<void> {
    await this.#ask(async () => {
      this.plan = await call("plan_void", { choice });
      this.view = null;
      this.saved = "";
      this.reason = "";
      this.note = "";
      screen.dismiss();
      screen.go("void");
    });
  }

  /** A dry run of those that are selected. */
  async lookAtSelected(): Promise<void> {
    await this.look({ kind: "payments", payments: [...this.selected] });
  }

  /** A dry run of a list: the till finds out how it is written. */
  async lookAtList(bytes: Blob): Promise<void> {
    const base64 = await base64Of(bytes);
    await this.look({ kind: "list", base64 });
  }

  /** Voids what the dry run shows. */
  async begin(): Promise<void> {
    const plan = this.plan;
    if (plan === null) return;
    const { reason, note } = this;
    await this.#ask(async () => {
      this.view = await call("start_void", { plan: plan.plan, reason, note });
      this.plan = null;
      this.clear();
    });
  }

  /** Shows a batch of before. */
  async show(batch: string): Promise<void> {
    await this.#ask(async () => {
      this.view = await call("show_void", { batch });
      this.plan = null;
      this.saved = "";
      screen.go("void");
    });
  }

  /** Lists the batches of before. */
  async list(): Promise<void> {
    this.saved = "";
    await this.#ask(async () => {
      this.earlier = (await call("list_voids", {})).rows;
    });
  }

  /** Keeps what the shop says about voids: the reasons one a line, and after how long what was left open is closed. */
  async saveRules(undo_s: number, lines: string, close_links_after_min: number | null): Promise<void> {
    const reasons = lines
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    await this.#ask(async () => {
      till.take(await call("choose_void_rules", { undo_s, reasons, close_links_after_min }));
      this.rulesSaved = true;
    });
  }

  /** Pauses it, lets it go on, or stops it. */
  async steer(wish: VoidWish): Promise<void> {
    const batch = this.view?.head.batch;
    if (batch === undefined) return;
    await this.#ask(async () => {
      this.accept(await call("steer_void", { batch, wish }));
    });
  }

  /** Saves the proof of a batch, in the words of the window. */
  async prove(batch: string, form: VoidProofForm, words: Record<string, string>): Promise<void> {
    this.saved = "";
    await this.#ask(async () => {
      this.saved = (await call("prove_void", { batch, form, words, is_saved: true })).path;
    });
  }

  /** The safe thing: undoes what was not sent yet, else goes back; what is under way goes on. */
  async leave(): Promise<void> {
    if (this.view?.head.step === "undo") await this.steer("stop");
    else {
      this.plan = null;
      this.view = null;
      this.problem = null;
      screen.go("payments");
    }
  }

  /** Takes how far a batch is. Its lines are read again, one reading at a time. */
  accept(head: VoidHeadView): void {
    if (this.view?.head.batch !== head.batch) return;
    this.view = { ...this.view, head };
    void this.refresh();
  }

  /** Reads the batch again. */
  async refresh(): Promise<void> {
    this.#changed = true;
    if (this.#reading) return;
    this.#reading = true;
    while (this.#changed) {
      this.#changed = false;
      const batch = this.view?.head.batch;
      if (batch === undefined) break;
      try {
        const view = await call("show_void", { batch });
        if (this.view?.head.batch === batch) this.view = view;
      } catch (error) {
        this.problem = (error as ApiError).code;
      }
    }
    this.#reading = false;
  }

  async #ask(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    this.detail = "";
    try {
      await what();
    } catch (error) {
      this.problem = (error as ApiError).code;
      this.detail = (error as ApiError).detail ?? "";
    }
    this.busy = false;
  }
}

/** The bytes of a text or file in Base64. */
async function base64Of(bytes: Blob): Promise<string> {
  const url = await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error ?? new Error("the file could not be read"));
    reader.readAsDataURL(bytes);
  });
  return url.slice(url.indexOf(",") + 1);
}

export const voids = new Voids();

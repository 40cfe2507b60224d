// Accounts, looks and names being changed. Nothing holds until the till has said so.
import {
  call,
  type AccountSettingsInput,
  type AccountTestView,
  type AccountView,
  type ApiError,
  type Ask,
  type Code,
  type FindingView,
  type Generation,
  type Language,
  type System,
  type TerminalInput,
  type Theme,
} from "../bridge";
import { till, type Till } from "./till.svelte";

/** Where in the form a problem belongs. */
export type Field =
  | "name"
  | "base_url"
  | "homepage_url"
  | "redirect_url"
  | "public_key"
  | "amount_unit"
  | "currency"
  | "reseller_id"
  | "key"
  | "webhook_secret"
  | "terminals"
  | "form";

/** An account being written. */
export type Draft = {
  account: string | null;
  system: System;
  name: string;
  base_url: string;
  key: string;
  webhook_secret: string;
  terminals: TerminalInput[];
  settings: AccountSettingsInput;
};

/** What goes to the till of it, besides the key and the secret of its webhooks. */
type Sent = Pick<Draft, "name" | "base_url" | "terminals" | "settings">;

/** The till's own limit of who sold it; it checks it again. */
export const RESELLER_LIMIT = 100;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** What makes an address the one that a code is about. */
const ADDRESS_FAULTS: Partial<Record<Code, (text: string) => boolean>> = {
  address_invalid: (text) => !URL.canParse(text.trim()) || !/^\s*https?:/i.test(text),
  address_not_secure: (text) => /^\s*http:/i.test(text),
  address_too_much: (text) => /[?#@]/.test(text),
};

/** Which of the addresses a code is about; the till names none. */
function addressOf(code: Code, draft: Draft, asks: readonly Ask[]): Field {
  const { homepage_url, redirect_url } = draft.settings;
  const isFaulty = ADDRESS_FAULTS[code] ?? (() => false);
  if (isFaulty(draft.base_url) || !asks.includes("pages")) return "base_url";
  if (isFaulty(homepage_url)) return "homepage_url";
  return isFaulty(redirect_url) ? "redirect_url" : "base_url";
}

/** Which field a code is about, by what the account is asked for. Terminal codes and names share their codes. */
export function fieldOf(code: Code, draft: Draft, asks: readonly Ask[]): Field {
  if (code.startsWith("address_")) return addressOf(code, draft, asks);
  if (code === "pages_missing") return draft.settings.homepage_url.trim() === "" ? "homepage_url" : "redirect_url";
  if (code === "public_key_missing") return "public_key";
  if (code === "amount_unit_missing") return "amount_unit";
  if (code === "currency_invalid") return "currency";
  if (code.startsWith("key_") || code.startsWith("keychain_")) return "key";
  if (code.startsWith("terminal")) return "terminals";
  if (!code.startsWith("name_")) return "form";
  const reseller = draft.settings.reseller_id.trim();
  if (code === "name_bad_characters" && reseller !== "" && (!VISIBLE_ASCII.test(reseller) || reseller.length > RESELLER_LIMIT)) return "reseller_id";
  const terminalsAreRight = draft.terminals.every((one) => VISIBLE_ASCII.test(one.code));
  return draft.name.trim() !== "" && !terminalsAreRight ? "terminals" : "name";
}

const NOTHING_SET: AccountSettingsInput = {
  homepage_url: "",
  redirect_url: "",
  public_key: "",
  amount_unit: null,
  currency: "",
  reseller_id: "",
  generation: null,
};

export class Settings {
  /** The account being written; none where none is chosen. */
  draft = $state<Draft | null>(null);
  /** An account is to be added, and its kind is asked for first. */
  choosing = $state(false);
  /** Whether it differs from what is saved. */
  changed = $state(false);
  /** What is wrong with it. */
  problem = $state.raw<{ code: Code; field: Field } | null>(null);
  /** What is on its way. */
  busy = $state<"save" | "test" | "remove" | "diagnose" | null>(null);
  /** It was saved just now. */
  saved = $state(false);
  /** What the last test said. */
  result = $state.raw<AccountTestView | null>(null);
  /** The cashier's name being written. */
  cashier = $state("");
  /** Why the name or the look was not taken. */
  tillProblem = $state<Code | null>(null);
  /** The name was saved just now. */
  cashierSaved = $state(false);
  /** How the machine is; none until asked. */
  findings = $state.raw<readonly FindingView[] | null>(null);

  readonly #till: Till;

  constructor(till: Till) {
    this.#till = till;
  }

  /** Comes to the settings: what the keychain says is asked anew. */
  async arrive(): Promise<void> {
    this.cashier = this.#till.overview?.cashier ?? "";
    this.cashierSaved = false;
    this.tillProblem = null;
    await this.#till.refresh();
  }

  /** Begins a new account: its kind comes first. */
  begin(): void {
    this.#edit(null);
    this.choosing = true;
  }

  /** Whether a system lists what stands open there. */
  listsOpen(system: System): boolean {
    return this.#till.systemOf(system)?.lists_open ?? false;
  }

  /** Whether an account of a system is asked for this. */
  asks(system: System, ask: Ask): boolean {
    return this.#till.systemOf(system)?.asks.includes(ask) ?? false;
  }

  /** Begins a new account of a kind. */
  beginOf(system: System): void {
    const { address = "", currencies: [currency = ""] = [] } = this.#till.systemOf(system) ?? {};
    const terminals = this.asks(system, "terminals") ? [{ code: "", label: "" }] : [];
    const settings: AccountSettingsInput = { ...NOTHING_SET, currency };
    this.#edit({ account: null, system, name: "", base_url: address, key: "", webhook_secret: "", terminals, settings });
  }

  /** Opens an account for changes. */
  edit(account: AccountView): void {
    const machines = account.terminals.filter((one) => one.channel === "terminal");
    const terminals = machines.map(({ code, label }) => ({ code, label }));
    const { id, system, name, base_url } = account;
    const { homepage_url, redirect_url, public_key, amount_unit, currency, reseller_id, generation } = account;
    const settings = { homepage_url, redirect_url, public_key, amount_unit, currency, reseller_id, generation };
    this.#edit({ account: id, system, name, base_url, key: "", webhook_secret: "", terminals, settings });
  }

  #edit(draft: Draft | null): void {
    this.draft = draft;
    this.choosing = false;
    this.changed = false;
    this.#quiet();
  }

  /** Says that something was written. */
  touch(): void {
    this.changed = true;
    this.#quiet();
  }

  #quiet(): void {
    this.problem = null;
    this.saved = false;
    this.result = null;
  }

  /** Adds an empty terminal. */
  addTerminal(): void {
    this.draft?.terminals.push({ code: "", label: "" });
    this.touch();
  }

  /** Takes a terminal away. */
  removeTerminal(index: number): void {
    this.draft?.terminals.splice(index, 1);
    this.touch();
  }

  /** Takes a listed card machine into use, or puts it away. */
  useMachine(code: string, label: string, used: boolean): void {
    const { draft } = this;
    if (!draft) return;
    const others = draft.terminals.filter((one) => one.code !== code);
    draft.terminals = used ? [...others, { code, label }] : others;
    this.touch();
  }

  /** Chooses an API. Its address goes along, unless somebody wrote one of their own. */
  chooseGeneration(generation: Generation): void {
    const { draft } = this;
    if (!draft) return;
    const usual = this.#till.systemOf(draft.system)?.generations ?? [];
    const isUsual = usual.some(({ address }) => address === draft.base_url);
    draft.settings.generation = generation;
    const chosen = usual.find((one) => one.generation === generation);
    if (isUsual && chosen) draft.base_url = chosen.address;
    this.touch();
  }

  /** Saves the account. The key and the secret are sent once and forgotten here, whatever the answer. */
  async save(): Promise<boolean> {
    const draft = this.draft;
    if (!draft || this.busy) return false;
    this.busy = "save";
    this.#quiet();
    const key = draft.key === "" ? null : draft.key;
    const secret = draft.webhook_secret;
    draft.key = "";
    draft.webhook_secret = "";
    const { account, system } = draft;
    const sent = this.#sendable(draft);
    let field: Field | null = null;
    try {
      const view = await call("save_account", { account, system, key, ...sent });
      if (secret !== "") {
        // The account is there, also where the keychain does not take the secret.
        draft.account = view.id;
        field = "webhook_secret";
        await call("keep_webhook_secret", { account: view.id, secret });
      }
      await this.#till.refresh();
      // What was written while it was saved stays, and still has to be saved.
      if (this.draft === draft && !this.#changedSince(draft, sent)) {
        this.edit(view);
        this.saved = true;
      } else {
        draft.account = view.id;
      }
      return true;
    } catch (error) {
      const { code } = error as ApiError;
      this.problem = { code, field: field ?? fieldOf(code, draft, this.#till.systemOf(system)?.asks ?? []) };
      return false;
    } finally {
      this.busy = null;
    }
  }

  #sendable({ name, base_url, terminals, settings }: Draft): Sent {
    const machines = terminals.map(({ code, label }) => ({ code, label }));
    return { name, base_url, terminals: machines, settings: { ...settings } };
  }

  /** Whether more was written than was sent. */
  #changedSince(draft: Draft, sent: Sent): boolean {
    return draft.key !== "" || draft.webhook_secret !== "" || JSON.stringify(this.#sendable(draft)) !== JSON.stringify(sent);
  }

  /** Tests address and key, after saving what is not saved. */
  async test(): Promise<void> {
    const draft = this.draft;
    if (!draft || this.busy) return;
    if ((this.changed || draft.account === null) && !(await this.save())) return;
    const account = this.draft?.account;
    if (!account) return;
    this.busy = "test";
    this.#quiet();
    try {
      this.result = await call("test_account", { account });
    } catch (error) {
      this.problem = { code: (error as ApiError).code, field: "form" };
    } finally {
      this.busy = null;
    }
  }

  /** Removes the account and its key. */
  async remove(): Promise<void> {
    const account = this.draft?.account;
    if (!account || this.busy) return;
    this.busy = "remove";
    this.#quiet();
    try {
      this.#till.take(await call("remove_account", { account }));
      this.draft = null;
    } catch (error) {
      this.problem = { code: (error as ApiError).code, field: "form" };
    } finally {
      this.busy = null;
    }
  }

  /** Chooses the language. */
  async chooseLanguage(language: Language): Promise<void> {
    await this.#chooseLook(language, this.#till.overview?.theme ?? "system");
  }

  /** Chooses the theme. */
  async chooseTheme(theme: Theme): Promise<void> {
    await this.#chooseLook(this.#till.overview?.language ?? "system", theme);
  }

  async #chooseLook(language: Language, theme: Theme): Promise<void> {
    this.tillProblem = null;
    try {
      this.#till.take(await call("choose_look", { language, theme }));
    } catch (error) {
      this.tillProblem = (error as ApiError).code;
    }
  }

  /** Sets the cashier's name. */
  async nameCashier(): Promise<void> {
    const name = this.cashier;
    this.tillProblem = null;
    this.cashierSaved = false;
    try {
      this.#till.take(await call("name_cashier", { name }));
      this.cashierSaved = true;
    } catch (error) {
      this.tillProblem = (error as ApiError).code;
    }
  }

  /** Looks at the machine. */
  async diagnose(): Promise<void> {
    if (this.busy) return;
    this.busy = "diagnose";
    try {
      this.findings = (await call("diagnose", {})).findings;
    } catch (error) {
      this.tillProblem = (error as ApiError).code;
    } finally {
      this.busy = null;
    }
  }
}

export const settings = new Settings(till);

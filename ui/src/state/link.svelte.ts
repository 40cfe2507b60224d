// What a payment link needs besides order and amount, as it is being written. The till checks it;
// here it is only known which field a refusal is about.
import type { BillingInput, Code, LetterLanguage, LinkInput, LinkMethod, LinkNeedsView, LinkTermsView, PayerInput } from "../bridge";

/** A field of the form. */
export type LinkField = "description" | "minutes" | "account_name" | "account_number" | "bank_code" | "billing";

/** The parts of whom a bill is for, in the order of the form. */
export const BILLING_PARTS = ["first_name", "last_name", "email", "phone", "address_line", "city", "state", "zip"] as const;

/** What is suggested where nothing was written. */
export type Suggestion = { needs: LinkNeedsView | null; description: string };

/** Minutes that fit what the bridge takes. Anything else goes as 0, which no system allows. */
const MINUTES = /^\s*[0-5]?\d{1,4}\s*$/;
/** The till's rules for a payer (`PayerInput` of the bridge), to find the field that breaks one. */
const ACCOUNT_NUMBER = /^(?:[ -]*\d){6,20}[ -]*$/;
const BANK_CODE = /^\s*\d{3}\s*$/;

const unbilled = (): BillingInput => ({
  first_name: "",
  last_name: "",
  email: "",
  phone: "",
  address_line: "",
  city: "",
  state: "",
  zip: "",
});
const nobody = (): PayerInput => ({ account_name: "", account_number: "", bank_code: "" });

export class LinkForm {
  /** Who pays, where the system wants to know. */
  payer = $state<PayerInput>(nobody());
  /** Whom the bill is for, where the system takes that. */
  billing = $state<BillingInput>(unbilled());
  /** The language the customer is written to; none for the shop's usual one. */
  language = $state<LetterLanguage | null>(null);
  /** Whether its part of the form is open. */
  billingOpen = $state(false);
  /** The field the till refused. */
  problem = $state<LinkField | null>(null);

  #description = $state<string | null>(null);
  #minutes = $state<string | null>(null);
  #method = $state<LinkMethod | null>(null);
  readonly #suggest: () => Suggestion;

  constructor(suggest: () => Suggestion) {
    this.#suggest = suggest;
  }

  /** What the customer reads: as written, else as suggested. */
  get description(): string {
    return this.#description ?? this.#suggest().description;
  }

  set description(text: string) {
    this.#description = text;
  }

  /** How long it lives, minutes: as written, else as is usual. */
  get minutes(): string {
    return this.#minutes ?? String(this.#suggest().needs?.minutes_usual ?? "");
  }

  set minutes(text: string) {
    this.#minutes = text;
  }

  /** The method: as chosen, else the first there is. */
  get method(): LinkMethod | null {
    const methods = this.#suggest().needs?.methods ?? [];
    return methods.find((method) => method === this.#method) ?? methods[0] ?? null;
  }

  set method(method: LinkMethod | null) {
    this.#method = method;
  }

  /** As it is sent: no more than the system asks for. */
  input(needs: LinkNeedsView): LinkInput {
    const { description, method } = this;
    const minutes = MINUTES.test(this.minutes) ? Number(this.minutes) : 0;
    const isBilled = needs.billing && BILLING_PARTS.some((part) => this.billing[part].trim() !== "");
    return {
      description,
      minutes,
      method,
      payer: needs.payer ? { ...this.payer } : null,
      billing: isBilled ? { ...this.billing } : null,
      language: isBilled ? this.language : null,
    };
  }

  /** Another account has other limits and other methods. */
  move(): void {
    this.#minutes = null;
    this.#method = null;
    this.problem = null;
  }

  /** Takes up what a link was made with. The payer was forgotten. */
  resume(made: LinkTermsView): void {
    this.clear();
    this.#description = made.description;
    this.#minutes = String(made.minutes);
    this.#method = made.method;
  }

  /** Forgets all of it: nobody's bank account waits here for the next customer. */
  clear(): void {
    this.move();
    this.#description = null;
    this.payer = nobody();
    this.billing = unbilled();
    this.language = null;
    this.billingOpen = false;
  }

  /** Puts a refusal beside its field. */
  blame(code: Code): void {
    if (code === "link_description") this.problem = "description";
    else if (code === "link_minutes") this.problem = "minutes";
    else if (code === "billing_invalid") {
      this.problem = "billing";
      this.billingOpen = true;
    } else if (code === "payer_invalid") this.problem = this.#wrongOfPayer();
  }

  #wrongOfPayer(): LinkField {
    const { account_name, account_number } = this.payer;
    if (account_name.trim() === "") return "account_name";
    if (!ACCOUNT_NUMBER.test(account_number)) return "account_number";
    return BANK_CODE.test(this.payer.bank_code) ? "account_name" : "bank_code";
  }
}

// Views as the till would send them.
import type {
  AccountView,
  AuditVerdictView,
  ApiError,
  Code,
  DayView,
  Line,
  LetterRulesView,
  LineKey,
  LinkNeedsView,
  Mark,
  MoneyView,
  OverviewView,
  PaymentRowView,
  PaymentView,
  PracticePageView,
  PracticeTerminalView,
  SaleOptionsView,
  StaffView,
  SystemView,
  TerminalView,
  TypedAmountView,
} from "../../src/bridge/generated/api";
import { COMPAGO_NEEDS, COMPAGO_PAGE, ONE2PAYS_NEEDS } from "./pages";

/** An amount in pesos from its digits. Only a double may do this: the window never does. */
export function pesos(digits: string): MoneyView {
  const padded = digits.replace(/^0+/, "").padStart(3, "0");
  const major = padded.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = padded.slice(-2);
  const text = `MX$${major}.${fraction}`;
  return { minor: Number(padded), currency: "MXN", symbol: "MX$", major, fraction, text };
}

/** An amount in baht from its digits. */
export function baht(digits: string): MoneyView {
  const amount = pesos(digits);
  return { ...amount, currency: "THB", symbol: "฿", text: amount.text.replace("MX$", "฿") };
}

/** An amount in pounds from its digits. */
export function pounds(digits: string): MoneyView {
  const amount = pesos(digits);
  return { ...amount, currency: "GBP", symbol: "£", text: amount.text.replace("MX$", "£") };
}

export function typed(digits: string, money: (digits: string) => MoneyView = pesos): TypedAmountView {
  const counts = digits.replace(/^0+/, "");
  if (counts.length > 12) return { digits: "", amount: money(""), problem: "amount_too_large" };
  return { digits: counts, amount: money(counts), problem: counts === "" ? "amount_empty" : null };
}

export function refusal(code: Code, detail: string | null = null): ApiError {
  return { code, message: code.replaceAll("_", " "), detail };
}

/** A till that asks nobody for a PIN. */
export const NOBODY: StaffView = {
  people: [],
  is_asked: false,
  signed_in: null,
  is_unchecked: false,
  idle_minutes: 0,
  two_people_above: [],
};

/** A system that offers nothing beside the amount. */
export const NO_OPTIONS: SaleOptionsView = { keyed: false, hold: false, tip: false, service_charge: false, lines: false };

/** A system that offers all of it. */
export const ALL_OPTIONS: SaleOptionsView = { keyed: true, hold: true, tip: true, service_charge: true, lines: true };

const COMPAGO_ADDRESS = "https://api.harmony.compago.com/api";

/** The payment systems as the till knows them. */
export const SYSTEMS: SystemView[] = [
  { system: "compago", name: "Compago", channel: "terminal", currencies: ["MXN"], address: COMPAGO_ADDRESS, generations: [], asks: ["terminals"], lists_open: false },
  { system: "compago_link", name: "Compago", channel: "link", currencies: ["MXN"], address: COMPAGO_ADDRESS, generations: [], asks: ["pages"], lists_open: false },
  {
    system: "one2_pays",
    name: "One2Pays",
    channel: "link",
    currencies: ["THB"],
    address: "",
    generations: [],
    asks: ["public_key", "amount_unit", "webhook_secret"],
    lists_open: false,
  },
  {
    system: "dojo",
    name: "Dojo",
    channel: "terminal",
    currencies: ["GBP", "EUR"],
    address: "https://api.dojo.tech",
    generations: [],
    asks: ["machines", "reseller_id", "webhook_secret"],
    lists_open: true,
  },
  {
    system: "lean_rails",
    name: "LeanRails",
    channel: "card_on_file",
    currencies: ["USD", "MXN", "EUR", "GBP", "JPY", "THB", "KWD"],
    address: "https://api.leanrails.com/v1",
    generations: [
      { generation: "json", address: "https://api.leanrails.com/v1" },
      { generation: "form", address: "https://api.fluveo.dev/v1" },
    ],
    asks: ["generation", "webhook_secret"],
    lists_open: true,
  },
];

export function terminal(code: string, label: string, more: Partial<TerminalView> = {}): TerminalView {
  const channel = "terminal" as const;
  return { account: "practice", account_name: "Practice store", channel, link: null, code, label, busy_with: null, state: null, options: NO_OPTIONS, returns: null, practice: true, ...more };
}

/** The link of an account. */
export function link(account: string, account_name: string, needs: LinkNeedsView, more: Partial<TerminalView> = {}): TerminalView {
  return terminal("", account_name, { account, account_name, channel: "link", link: needs, practice: false, ...more });
}

export const NO_SETTINGS = {
  homepage_url: "",
  redirect_url: "",
  public_key: "",
  amount_unit: null,
  currency: "",
  reseller_id: "",
  generation: null,
} as const;

export const PRACTICE: AccountView = {
  id: "practice",
  name: "Practice store",
  system: "compago",
  base_url: "http://127.0.0.1:40111/api",
  has_key: null,
  practice: true,
  channel: "terminal",
  ...NO_SETTINGS,
  currency: "MXN",
  lists_terminals: false,
  terminals: [terminal("PRACTICE-1", "Counter"), terminal("PRACTICE-2", "Bar")],
};

const ROMA_TERMINALS = [
  terminal("TERMINAL-001", "Counter left", { account: "roma", account_name: "Roma Norte", practice: false }),
  terminal("TERMINAL-002", "Counter right", { account: "roma", account_name: "Roma Norte", practice: false }),
];

export const ROMA: AccountView = {
  id: "roma",
  name: "Roma Norte",
  system: "compago",
  base_url: "https://api.harmony.compago.com/api",
  has_key: true,
  practice: false,
  channel: "terminal",
  ...NO_SETTINGS,
  currency: "MXN",
  lists_terminals: false,
  terminals: ROMA_TERMINALS,
};

/** An account whose customers pay by a Compago link. */
export const WEB: AccountView = {
  ...ROMA,
  id: "web",
  name: "Roma web",
  system: "compago_link",
  channel: "link",
  homepage_url: "https://roma.example/",
  redirect_url: "https://roma.example/thanks",
  terminals: [link("web", "Roma web", COMPAGO_NEEDS)],
};

/** An account whose customers pay by PromptPay, of which nobody has chosen what an amount means. */
export const BANGKOK: AccountView = {
  ...ROMA,
  id: "bangkok",
  name: "Bangkok",
  system: "one2_pays",
  base_url: "https://api.one2pays.example",
  currency: "THB",
  channel: "link",
  public_key: "pk_test_4b1f9a77c0de",
  terminals: [link("bangkok", "Bangkok", ONE2PAYS_NEEDS)],
};

const LONDON_WAY = { account: "london", account_name: "London", practice: false, options: ALL_OPTIONS, returns: { keyed: true } };

/** An account whose system lists its card machines. */
export const LONDON: AccountView = {
  ...ROMA,
  id: "london",
  name: "London",
  system: "dojo",
  base_url: "https://api.dojo.tech",
  currency: "GBP",
  lists_terminals: true,
  terminals: [
    terminal("tm_sandbox_1", "Front till", { ...LONDON_WAY, state: "available" }),
    terminal("tm_sandbox_2", "Bar", { ...LONDON_WAY, state: "offline" }),
    terminal("tm_sandbox_3", "Terrace", { ...LONDON_WAY, state: "busy" }),
  ],
};

/** An account that charges cards on file. */
export const FILED: AccountView = {
  ...ROMA,
  id: "filed",
  name: "Subscriptions",
  system: "lean_rails",
  base_url: "https://api.leanrails.com/v1",
  currency: "USD",
  channel: "card_on_file",
  terminals: [
    terminal("", "Subscriptions", {
      account: "filed",
      account_name: "Subscriptions",
      channel: "card_on_file",
      practice: false,
      options: { ...NO_OPTIONS, hold: true },
    }),
  ],
};

export function overview(more: Partial<OverviewView> = {}): OverviewView {
  return {
    accounts: [PRACTICE],
    terminals: PRACTICE.terminals,
    language: "en",
    theme: "light",
    cashier: "Ana R.",
    staff: NOBODY,
    void_rules: { undo_s: 5, reasons: [], close_links_after_min: null },
    elsewhere: { accounts: [], links: [] },
    only_practice: true,
    open: [],
    alarms: [],
    inbox: 0,
    systems: SYSTEMS,
    suggested_order: "1001",
    trouble: null,
    version: "0.1.0",
    ...more,
  };
}

/** A store with an account of its own. */
export function ownOverview(more: Partial<OverviewView> = {}): OverviewView {
  return overview({
    accounts: [ROMA, PRACTICE],
    terminals: [...ROMA_TERMINALS, ...PRACTICE.terminals],
    void_rules: { undo_s: 5, reasons: [], close_links_after_min: null },
    only_practice: false,
    suggested_order: "R-20418",
    ...more,
  });
}

/** A store with an account of every kind. */
export function everyKind(more: Partial<OverviewView> = {}): OverviewView {
  const accounts = [ROMA, WEB, BANGKOK, PRACTICE];
  return ownOverview({ accounts, terminals: accounts.flatMap((account) => account.terminals), ...more });
}

/** A store with an account that lists its card machines, and one of cards on file. */
export function abroad(more: Partial<OverviewView> = {}): OverviewView {
  const accounts = [LONDON, FILED, PRACTICE];
  return ownOverview({ accounts, terminals: accounts.flatMap((account) => account.terminals), ...more });
}

const PARAMS = { provider: "Compago", terminal: "Counter left", order: "R-20418", amount: "MX$350.50", total: "MX$350.50", tip: "", seconds: "7", said: "" };

export function line(what: LineKey, second: number | null, mark: Mark = "done", params: Record<string, string> = {}): Line {
  const at = second === null ? null : `2026-11-21T14:32:${String(second).padStart(2, "0")}.100Z`;
  return { at, what, mark, params: { ...PARAMS, who: "Ana R.", intent: "3f1c…9a20", ...params } };
}

export function payment(more: Partial<PaymentView> = {}): PaymentView {
  return {
    id: "0193-a",
    order: "R-20418",
    amount: pesos("35050"),
    account: "roma",
    account_name: "Roma Norte",
    practice: false,
    channel: "terminal",
    terminal: "TERMINAL-001",
    on_machine: (more.open ?? true) && (more.channel ?? "terminal") === "terminal",
    terminal_label: "Counter left",
    link: null,
    sale: null,
    card: null,
    gives_back: null,
    total: null,
    tip: null,
    returned: null,
    returnable: null,
    refund_routes: [],
    act: null,
    decide_by: null,
    page: null,
    attempt: 1,
    cashier: "Ana R.",
    state: "waiting",
    tone: "waiting",
    telling: "waiting",
    params: PARAMS,
    moved: "perhaps",
    prompt: null,
    actions: ["cancel", "next_customer"],
    enter: null,
    escape: "cancel",
    amount_changeable: false,
    open: true,
    started_at: "2026-11-21T14:32:06.100Z",
    ended_at: null,
    checked_at: "2026-11-21T14:32:12.500Z",
    elapsed_s: 7,
    intent: "3f1c8d4e-0000-4000-8000-000000009a20",
    timeline: [line("saved", 6), line("accepted", 6), line("waiting", 6, "now"), line("awaiting", null, "todo")],
    revision: 3,
    ...more,
  };
}

/** A payment by a link that waits for its customer. */
export function linked(more: Partial<PaymentView> = {}): PaymentView {
  return payment({
    id: "0193-l",
    account: "web",
    account_name: "Roma web",
    channel: "link",
    terminal: "",
    terminal_label: "Roma web",
    link: { description: "Roma web, order R-20418", minutes: 60, method: null },
    page: COMPAGO_PAGE,
    telling: "waiting_link",
    params: { ...PARAMS, terminal: "Roma web" },
    timeline: [line("saved", 6), line("page_made", 6), line("accepted", 7), line("waiting_link", 7, "now"), line("awaiting", null, "todo")],
    ...more,
  });
}

/** A payment on a listed card machine. */
export function london(more: Partial<PaymentView> = {}): PaymentView {
  return payment({
    id: "0193-d",
    account: "london",
    account_name: "London",
    terminal: "tm_sandbox_1",
    terminal_label: "Front till",
    amount: pounds("35050"),
    params: { ...PARAMS, provider: "Dojo", terminal: "Front till", amount: "£350.50" },
    ...more,
  });
}

/** One that is paid, and of which money can go back. */
export function londonPaid(more: Partial<PaymentView> = {}): PaymentView {
  return london({
    state: "paid",
    tone: "paid",
    telling: "paid",
    moved: "yes",
    actions: ["refund", "reverse", "next_customer", "receipts"],
    enter: "next_customer",
    escape: "next_customer",
    open: false,
    ended_at: "2026-11-21T14:32:17.400Z",
    returnable: pounds("35050"),
    refund_routes: ["terminal", "remote"],
    timeline: [line("saved", 6), line("accepted", 6), line("present_card", 8), line("paid", 17), line("receipts_kept", 18)],
    revision: 9,
    ...more,
  });
}

/** A charge of a card on file. */
export function filed(more: Partial<PaymentView> = {}): PaymentView {
  return payment({
    id: "0193-f",
    account: "filed",
    account_name: "Subscriptions",
    channel: "card_on_file",
    terminal: "",
    terminal_label: "Subscriptions",
    card: { card: "pm_card_visa", description: "Subscription, March", hold: true },
    params: { ...PARAMS, provider: "LeanRails", terminal: "Subscriptions" },
    ...more,
  });
}

export function paid(more: Partial<PaymentView> = {}): PaymentView {
  return payment({
    state: "paid",
    tone: "paid",
    telling: "paid",
    moved: "yes",
    actions: ["next_customer"],
    enter: "next_customer",
    escape: "next_customer",
    open: false,
    ended_at: "2026-11-21T14:32:17.400Z",
    elapsed_s: 11,
    timeline: [line("saved", 6), line("accepted", 6), line("waiting", 6), line("paid", 17)],
    revision: 9,
    ...more,
  });
}

export function ended(state: "declined" | "cancelled" | "expired" | "failed", telling: PaymentView["telling"]): PaymentView {
  return paid({
    state,
    tone: state === "declined" || state === "failed" ? "failed" : "cancelled",
    telling,
    moved: "no",
    actions: ["next_customer", "charge_again"],
    timeline: [line("saved", 6), line("accepted", 6), line("waiting", 7), line(state === "failed" ? "not_sent" : state, 17, "warn")],
  });
}

export function unknown(more: Partial<PaymentView> = {}): PaymentView {
  return payment({
    state: "not_known",
    tone: "unknown",
    telling: "not_known_lost",
    actions: ["ask_now", "next_customer", "cancel"],
    elapsed_s: 41,
    intent: null,
    timeline: [line("saved", 6), line("answer_lost", 16, "warn"), line("awaiting", null, "todo")],
    ...more,
  });
}

export function row(view: PaymentView, more: Partial<PaymentRowView> = {}): PaymentRowView {
  const { id, order, amount, terminal_label, account_name, cashier, state, tone, practice, started_at } = view;
  return { id, order, amount, terminal_label, account_name, cashier, state, tone, practice, started_at, gives_back: view.gives_back !== null, late: false, elsewhere: null, ...more };
}

export function device(more: Partial<PracticeTerminalView> = {}): PracticeTerminalView {
  return {
    code: "PRACTICE-1",
    label: "Counter",
    display: "present_card",
    amount: pesos("35050"),
    presses: ["tap", "insert_pin", "wrong_pin", "decline", "cancel_on_terminal", "walk_away", "unplug", "cut_network"],
    network_cut: false,
    ...more,
  };
}

/** A practice page on its customer's phone. */
export function pageOnPhone(more: Partial<PracticePageView> = {}): PracticePageView {
  return {
    payment: "0193-l",
    amount: pesos("35050"),
    description: "Practice links, order R-20418",
    paid: false,
    presses: ["pay", "decline", "walk_away"],
    ...more,
  };
}

/** A till that sends no letters. */
export function noLetters(): LetterRulesView {
  return {
    is_on: false,
    server: "",
    port: 587,
    security: "start_tls",
    user: "",
    has_password: false,
    from: "",
    shop: "",
    language: "en",
    templates: [
      { language: "en", subject: "About {order}", text: "{shop}" },
      { language: "es", subject: "De {order}", text: "{shop}" },
    ],
    places: ["{order}", "{shop}"],
    queued: 0,
    failed: 0,
  };
}

/** The day so far: nothing yet, unless said otherwise. */
export function dayReport(change: Partial<DayView> = {}): DayView {
  return {
    number: 1,
    closed: false,
    from: 1,
    to: 4,
    opened_at: "2026-11-20T14:02:00Z",
    at: "2026-11-20T20:32:00Z",
    date: "2026-11-20",
    by: "",
    totals: [],
    accounts: [],
    terminals: [],
    cashiers: [],
    voids: [],
    blocked: [],
    carried: [],
    checks: [],
    read_again: 0,
    unread: 0,
    hours: [],
    days: [],
    head: "00",
    public_key: null,
    signature: null,
    replaced: false,
    ...change,
  };
}

/** A journal that was found whole. */
export function verdict(change: Partial<AuditVerdictView> = {}): AuditVerdictView {
  return {
    whole: true,
    damage: "",
    entries: 4,
    head: "00",
    public_key: null,
    signature: null,
    memory: "unasked",
    remembered: null,
    ...change,
  };
}

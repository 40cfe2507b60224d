// The states to look at, by name. Each is a till that answers as if that were so.
import type { DiagnosisView, Language, LeftoverView, Notice, OverviewView, PaymentRowView, PaymentView, PracticePageView, PracticeTerminalView, ReceiptsView, StaffView, TerminalSeenView, Theme } from "../../src/bridge/generated/api";
import { COMPAGO_NEEDS, ONE2PAYS_NEEDS, ONE2PAYS_PAGE } from "../double/pages";
import { abroad, baht, device, ended, everyKind, filed, line, link, linked, london, londonPaid, overview, ownOverview, pageOnPhone, paid, payment, pesos, pounds, row, unknown } from "../double/views";

/** What is shown: the overview, perhaps a payment, perhaps what to press first. */
export type Scene = {
  overview: OverviewView;
  payment?: PaymentView;
  device?: PracticeTerminalView;
  phone?: PracticePageView;
  rows?: readonly PaymentRowView[];
  digits?: string;
  keys?: readonly string[];
  click?: readonly string[];
  notice?: Notice;
  diagnosis?: DiagnosisView;
  receipts?: ReceiptsView;
  machines?: readonly TerminalSeenView[];
  /** What gives money back needs somebody's approval. */
  refuse?: boolean;
  leftovers?: readonly LeftoverView[];
  /** What is written into fields, once the clicks are done. */
  write?: Readonly<Record<string, string>>;
  /** What is clicked after that. */
  after?: readonly string[];
};

const WAITING = payment();
const PRACTISED = payment({
  account: "practice",
  account_name: "Practice store",
  practice: true,
  terminal: "PRACTICE-1",
  terminal_label: "Counter",
});
const REFUSED_RACE = paid({
  telling: "paid_after_cancel",
  timeline: [
    line("saved", 6),
    line("accepted", 6),
    line("waiting", 7),
    line("cancel_asked", 17, "warn"),
    line("cancel_refused", 17, "warn", { said: "the provider refused: already confirmed" }),
    line("paid", 17),
  ],
});

const LINKED = linked();
const BAHT = linked({
  account: "bangkok",
  account_name: "Bangkok",
  terminal_label: "Bangkok",
  amount: baht("118000"),
  page: ONE2PAYS_PAGE,
  params: { ...LINKED.params, provider: "One2Pays", amount: baht("118000").text, terminal: "Bangkok" },
});
const LINK_PRACTISED = linked({ account: "practice-links", account_name: "Practice links", terminal_label: "Practice links", practice: true });

function many(): PaymentRowView[] {
  const states = [row(WAITING), row(unknown()), row(paid()), row(ended("declined", "declined")), row(ended("cancelled", "cancelled")), row(paid(), { late: true, tone: "unknown" })];
  return Array.from({ length: 18 }, (_, index) => {
    const like = states[index % states.length] ?? row(WAITING);
    const number = 20418 - index;
    return { ...like, id: `p-${index}`, order: `R-${number}`, amount: pesos(String(35050 + index * 12345)) };
  });
}

const DIAGNOSIS: DiagnosisView = {
  findings: [
    { subject: "journal", name: "", ok: true, problem: null, detail: "1,284 facts, chain whole" },
    { subject: "keychain", name: "", ok: false, problem: "keychain_missing", detail: "org.freedesktop.secrets was not provided by any .service files" },
    { subject: "account", name: "Roma Norte", ok: true, problem: null, detail: "84 ms" },
    { subject: "practice", name: "", ok: true, problem: null, detail: "http://127.0.0.1:40111" },
  ],
};

const MACHINES: TerminalSeenView[] = [
  { code: "tm_sandbox_1", label: "Front till", state: "available", is_chosen: true },
  { code: "tm_sandbox_2", label: "Bar", state: "offline", is_chosen: true },
  { code: "tm_sandbox_4", label: "Kitchen", state: "unrecognised", is_chosen: false },
];
const LEFT: LeftoverView[] = [
  { intent: "pi_sandbox_1", reference: "R-20399-1", amount: pounds("4200"), made_at: "2026-11-20T18:02:06.100Z", has_link: false },
  { intent: "pi_sandbox_2", reference: "WEB-77", amount: pounds("129900"), made_at: "2026-11-19T09:41:00.000Z", has_link: true },
];
const TEXT = { kind: "text", size: "body", align: "left", bold: false } as const;
const SLIP: ReceiptsView["customer"] = [
  { ...TEXT, text: "CAFÉ LONDON", size: "large", align: "center", bold: true },
  { ...TEXT, text: "1 Fleet Street, London", align: "center" },
  { kind: "rule" },
  { ...TEXT, text: "VISA **** 1234" },
  { ...TEXT, text: "SALE          £350.50", bold: true },
  { kind: "blank" },
  { ...TEXT, text: "CUSTOMER COPY", size: "medium", align: "center" },
];
const SIGNED = london({
  state: "needs_cashier",
  telling: "signature",
  prompt: "signature",
  actions: ["accept_signature", "reject_signature", "cancel", "next_customer"],
  decide_by: new Date(Date.now() + 65_000).toISOString(),
  timeline: [line("saved", 6), line("accepted", 6), line("present_card", 8), line("signature", 12, "warn"), line("awaiting", null, "todo")],
});
const TIPPED = {
  total: pounds("40050"),
  tip: pounds("5000"),
  sale: { keyed: true, hold: false, tip: pounds("5000"), service_charge: null, lines: [{ name: "Lunch", quantity: 2, total: pounds("35050"), modifiers: [] }] },
};
const HELD = london({ state: "authorised", telling: "authorised", actions: ["capture", "reverse", "ask_now", "next_customer"], escape: "next_customer", ...TIPPED });

/** The scenes of systems that list their terminals, and of cards on file. */
const ABROAD: Record<string, Scene> = {
  "charge-listed": { overview: abroad(), digits: "35050", machines: MACHINES },
  "charge-more": { overview: abroad(), digits: "35050", machines: MACHINES, click: ["terms-more", "terms-hold", "line-add"], write: { "terms-tip": "5000", "line-name-0": "Lunch", "line-total-0": "35050" } },
  "charge-more-wrong": { overview: abroad(), digits: "35050", machines: MACHINES, click: ["terms-more", "line-add"], after: ["charge"] },
  "charge-more-set": { overview: abroad(), digits: "35050", machines: MACHINES, click: ["terms-more", "terms-keyed"], write: { "terms-tip": "5000" }, after: ["terms-more"] },
  "charge-card": { overview: abroad(), digits: "35050", click: ["card-filed"] },
  "charge-card-wrong": { overview: abroad(), digits: "35050", click: ["card-filed", "charge"] },
  prompt: { overview: abroad(), payment: london({ prompt: "present_card" }) },
  "prompt-pin": { overview: abroad(), payment: london({ state: "processing", telling: "processing", prompt: "enter_pin", actions: ["ask_now", "next_customer"], escape: "next_customer" }) },
  "try-again": { overview: abroad(), payment: london({ state: "needs_cashier", tone: "failed", telling: "declined_try_again", prompt: "card_declined", actions: ["try_again", "cancel", "next_customer"] }) },
  "try-again-terminal": { overview: abroad(), payment: london({ state: "needs_cashier", telling: "cancelled_at_terminal", prompt: "cancelled_at_terminal", actions: ["try_again", "cancel", "next_customer"] }) },
  "try-again-idle": { overview: abroad(), payment: london({ state: "needs_cashier", telling: "terminal_idle", prompt: "terminal_idle", actions: ["try_again", "cancel", "next_customer"], params: { ...london().params, said: "Expired" } }) },
  "try-again-refused": { overview: abroad(), payment: london({ state: "needs_cashier", tone: "failed", telling: "declined_try_again", prompt: "card_declined", actions: ["try_again", "cancel", "next_customer"], act: { kind: "try_again", progress: "refused", amount: null, by: "Ana R.", said: "Terminal is in use" } }) },
  unconfirmed: { overview: abroad(), payment: london({ state: "not_known", tone: "unknown", telling: "not_known_unconfirmed", actions: ["try_again", "witness", "ask_now", "next_customer", "cancel"], ...TIPPED }) },
  signature: { overview: abroad(), payment: SIGNED },
  "signature-over": { overview: abroad(), payment: { ...SIGNED, decide_by: "2026-11-21T14:32:06.100Z" } },
  held: { overview: abroad(), payment: HELD },
  "held-undo": { overview: abroad(), payment: HELD, click: ["action-reverse"] },
  capturing: { overview: abroad(), payment: london({ state: "authorised", telling: "capturing", actions: ["ask_now", "next_customer"], escape: "next_customer", act: { kind: "capture", progress: "under_way", amount: null, by: "Ana R.", said: "" } }) },
  "paid-listed": { overview: abroad(), payment: londonPaid(TIPPED) },
  refund: { overview: abroad(), payment: londonPaid(), click: ["action-refund"] },
  "refund-part": { overview: abroad(), payment: londonPaid(), click: ["action-refund", "refund-route-remote"], write: { "refund-amount": "£0.05000" } },
  refunding: { overview: abroad(), payment: londonPaid({ telling: "refund_at_terminal", prompt: "refund_waiting", actions: ["next_customer", "receipts"], act: { kind: "refund", progress: "under_way", amount: pounds("5000"), by: "Ana R.", said: "" } }) },
  "refund-refused": { overview: abroad(), payment: londonPaid({ telling: "refund_refused", act: { kind: "refund", progress: "refused", amount: pounds("5000"), by: "Ana R.", said: "Refund window is over" }, returned: pounds("1000") }) },
  "refund-unknown": { overview: abroad(), payment: londonPaid({ telling: "refund_unknown", tone: "unknown", act: { kind: "refund", progress: "unknown", amount: pounds("5000"), by: "Ana R.", said: "" } }) },
  reverse: { overview: abroad(), payment: londonPaid(TIPPED), click: ["action-reverse"] },
  receipts: { overview: abroad(), payment: londonPaid(), click: ["action-receipts"], receipts: { customer: SLIP, merchant: SLIP } },
  "receipts-printed": { overview: abroad(), payment: londonPaid(), click: ["action-receipts", "print-customer"], receipts: { customer: SLIP, merchant: SLIP } },
  "receipts-none": { overview: abroad(), payment: londonPaid(), click: ["action-receipts"] },
  filed: { overview: abroad(), payment: filed() },
  "filed-declined": { overview: abroad(), payment: filed({ state: "needs_cashier", tone: "failed", telling: "declined_try_again", prompt: "card_declined", actions: ["try_again", "cancel", "next_customer"] }) },
  "settings-kinds-all": { overview: abroad(), click: ["nav-settings", "account-add"] },
  "settings-listed-new": { overview: abroad(), click: ["nav-settings", "account-add", "kind-dojo"] },
  "settings-listed": { overview: abroad(), machines: MACHINES, click: ["nav-settings", "account-london"] },
  "settings-listed-refused": { overview: abroad(), click: ["nav-settings", "account-london"] },
  "settings-listed-none": { overview: abroad(), machines: [], click: ["nav-settings", "account-london"] },
  "settings-leftovers": { overview: abroad(), machines: MACHINES.slice(0, 1), leftovers: LEFT, click: ["nav-settings", "account-london", "leftovers-look"] },
  "settings-leftover-close": { overview: abroad(), machines: MACHINES, leftovers: LEFT, click: ["nav-settings", "account-london", "leftovers-look", "leftover-close-pi_sandbox_2"] },
  "settings-filed": { overview: abroad(), click: ["nav-settings", "account-filed", "generation-form"] },
};

/** The scenes. */
/** Luz manages, Ana sells. */
const STAFF: StaffView = {
  people: [
    { id: "s-luz", name: "Luz Mendoza", role: "manager" },
    { id: "s-ana", name: "Ana R.", role: "cashier" },
    { id: "s-raquel", name: "Raquel", role: "manager" },
  ],
  is_asked: true,
  signed_in: { id: "s-ana", name: "Ana R.", role: "cashier" },
  is_unchecked: false,
  idle_minutes: 5,
  two_people_above: [pesos("500000")],
};
const staffed = (change: Partial<StaffView> = {}) => ownOverview({ staff: { ...STAFF, ...change } });

export const SCENES: Record<string, Scene> = {
  "staff-none": { overview: ownOverview(), click: ["nav-settings", "staff-add"] },
  "staff-settings": { overview: staffed(), click: ["nav-settings", "staff-Ana R."] },
  "staff-locked": { overview: staffed({ signed_in: null }), keys: ["2", "4", "8"] },
  "staff-locked-live": { overview: staffed({ signed_in: null }), payment: WAITING },
  "staff-switch": { overview: staffed(), keys: ["F9"] },
  "staff-approval": { overview: { ...abroad(), staff: STAFF }, payment: londonPaid(), refuse: true, click: ["action-refund", "refund-confirm"], write: { "approval-reason": "Wrong size" }, after: ["person-Luz Mendoza", "pin-5", "pin-9", "pin-2"] },
  "staff-witness": { overview: staffed(), payment: unknown({ actions: ["witness", "ask_now", "next_customer"] }), click: ["action-witness", "witness-paid", "witness-confirm"] },
  charge: { overview: ownOverview({ open: [row(payment({ id: "b", order: "R-20417" }))], terminals: ownOverview().terminals.map((one, index) => (index === 1 ? { ...one, busy_with: "b" } : one)) }), digits: "35050" },
  "charge-empty": { overview: ownOverview(), keys: ["Enter"] },
  "charge-practice": { overview: overview(), digits: "35050", rows: [row(paid())] },
  first: { overview: overview({ cashier: "" }) },
  "first-link": {
    overview: overview({ cashier: "", terminals: [...overview().terminals, link("practice-links", "Practice links", COMPAGO_NEEDS, { practice: true }), link("practice-qr", "Practice QR", ONE2PAYS_NEEDS, { practice: true })] }),
    digits: "35050",
    click: ["link-practice-qr"],
  },
  trouble: { overview: ownOverview({ trouble: "journal_full", cashier: "" }), digits: "35050", keys: ["Enter"] },
  waiting: { overview: ownOverview(), payment: WAITING },
  practice: { overview: overview(), payment: PRACTISED, device: device() },
  paid: { overview: ownOverview(), payment: REFUSED_RACE },
  "paid-plain": { overview: ownOverview(), payment: paid() },
  declined: { overview: ownOverview(), payment: ended("declined", "declined") },
  "declined-try": { overview: ownOverview(), payment: payment({ telling: "waiting_declined", tone: "failed", prompt: "card_declined" }) },
  cancelled: { overview: ownOverview(), payment: ended("cancelled", "cancelled") },
  cancelling: { overview: ownOverview(), payment: payment({ telling: "cancelling", actions: ["ask_now", "next_customer"], escape: "next_customer" }) },
  unknown: { overview: ownOverview({ open: [row(unknown({ id: "b" })), row(payment({ id: "c" }))] }), payment: unknown() },
  unseen: { overview: ownOverview(), payment: unknown({ telling: "not_known_unseen", actions: ["witness", "next_customer"], escape: "next_customer" }) },
  "practice-unknown": {
    overview: overview(),
    payment: unknown({ account: "practice", practice: true, terminal: "PRACTICE-1", terminal_label: "Counter", actions: ["witness", "ask_now", "next_customer", "cancel"] }),
    device: device({ network_cut: true, presses: ["tap", "insert_pin", "wrong_pin", "decline", "cancel_on_terminal", "walk_away", "unplug", "restore_network"] }),
  },
  witness: { overview: ownOverview(), payment: unknown({ telling: "not_known_unseen", actions: ["witness", "next_customer"], escape: "next_customer" }), click: ["action-witness", "witness-paid"] },
  late: { overview: ownOverview({ alarms: [row(paid())] }), payment: paid({ telling: "paid_late", tone: "unknown" }) },
  payments: { overview: ownOverview({ open: many().slice(0, 2), alarms: [row(paid())] }), rows: many(), click: ["nav-payments"] },
  "payments-none": { overview: overview(), click: ["nav-payments"] },
  settings: { overview: ownOverview(), click: ["nav-settings", "account-roma", "diagnose"], diagnosis: DIAGNOSIS },
  "settings-new": { overview: overview(), click: ["nav-settings", "account-add", "kind-compago", "account-save"] },
  "settings-remove": { overview: ownOverview(), click: ["nav-settings", "account-roma", "account-remove"] },
  "charge-link": { overview: everyKind(), digits: "35050", click: ["link-web"] },
  "charge-payer": { overview: everyKind(), digits: "118000", click: ["link-bangkok"] },
  "charge-payer-wrong": { overview: everyKind(), digits: "118000", click: ["link-bangkok", "charge"] },
  "link-waiting": { overview: everyKind(), payment: LINKED },
  "link-baht": { overview: everyKind(), payment: BAHT },
  "link-finding": {
    overview: everyKind(),
    payment: linked({
      state: "not_known",
      tone: "unknown",
      telling: "not_known_link",
      intent: null,
      actions: ["ask_now", "next_customer"],
      escape: "next_customer",
      timeline: [line("saved", 6), line("page_made", 6), line("awaiting", null, "todo")],
    }),
  },
  "link-copied": { overview: everyKind(), payment: LINKED, click: ["page-copy"] },
  "link-practice": { overview: overview(), payment: LINK_PRACTISED, phone: pageOnPhone() },
  "link-expired": { overview: everyKind(), payment: { ...ended("expired", "expired"), timeline: [line("saved", 6), line("page_made", 6), line("accepted", 7), line("expired", 17)], channel: "link", account_name: "Roma web", terminal: "", terminal_label: "Roma web" } },
  customer: { overview: everyKind(), payment: LINKED, keys: ["q"] },
  "customer-baht": { overview: everyKind(), payment: BAHT, keys: ["q"] },
  "customer-paid": { overview: everyKind(), payment: LINKED, keys: ["q"], notice: { kind: "payment", view: { ...paid(), id: LINKED.id, channel: "link", account_name: "Roma web", terminal: "", terminal_label: "Roma web" } } },
  "settings-kinds": { overview: everyKind(), click: ["nav-settings", "account-add"] },
  "settings-link": { overview: everyKind(), click: ["nav-settings", "account-web", "account-test"] },
  "settings-baht": { overview: everyKind(), click: ["nav-settings", "account-bangkok"] },
  keys: { overview: ownOverview(), digits: "35050", keys: ["?"] },
  close: { overview: ownOverview(), payment: WAITING, notice: { kind: "close_asked", open: 1 } },
  opening: { overview: ownOverview() },
  ...ABROAD,
};

/** The scene of an address: ?scene=charge&theme=dark&language=es */
export function sceneOf(query: URLSearchParams): Scene {
  const scene = SCENES[query.get("scene") ?? "charge"] ?? { overview: overview() };
  const theme = (query.get("theme") ?? "light") as Theme;
  const language = (query.get("language") ?? "en") as Language;
  return { ...scene, overview: { ...scene.overview, theme, language } };
}

// The states to look at, by name. Each is a till that answers as if that were so.
import type { DiagnosisView, Language, Notice, OverviewView, PaymentRowView, PaymentView, PracticePageView, PracticeTerminalView, Theme } from "../../src/bridge/generated/api";
import { COMPAGO_NEEDS, ONE2PAYS_NEEDS, ONE2PAYS_PAGE } from "../double/pages";
import { baht, device, ended, everyKind, line, link, linked, overview, ownOverview, pageOnPhone, paid, payment, pesos, row, unknown } from "../double/views";

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

/** The scenes. */
export const SCENES: Record<string, Scene> = {
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
};

/** The scene of an address: ?scene=charge&theme=dark&language=es */
export function sceneOf(query: URLSearchParams): Scene {
  const scene = SCENES[query.get("scene") ?? "charge"] ?? { overview: overview() };
  const theme = (query.get("theme") ?? "light") as Theme;
  const language = (query.get("language") ?? "en") as Language;
  return { ...scene, overview: { ...scene.overview, theme, language } };
}

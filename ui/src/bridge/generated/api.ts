// Written from src-tauri/crates/till/src/api; do not edit.
// TILLSIDE_WRITE_BRIDGE=1 cargo test -p till bridge

/**
 * The state of one payment.
 */
export type State = "not_known" | "saved" | "sending" | "waiting" | "processing" | "needs_cashier" | "authorised" | "failed" | "declined" | "expired" | "cancelled" | "paid" | "partly_refunded" | "refunded";

/**
 * A payment system the till can speak to.
 */
export type System = "compago" | "compago_link" | "one2_pays" | "dojo" | "lean_rails";

/**
 * The two APIs of LeanRails.
 */
export type Generation = "json" | "form";

/**
 * What kind of way it is. Window, command line and engine ask this, never a system's name.
 */
export type Channel = "terminal" | "link" | "card_on_file";

/**
 * A method behind a link.
 */
export type LinkMethod = "prompt_pay" | "bank_transfer";

/**
 * The unit of a decimal amount whose documents contradict each other.
 */
export type AmountUnit = "major" | "minor";

/**
 * The language of the window.
 */
export type Language = "system" | "en" | "es";

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Something the terminal tells the customer, passed through to the cashier.
 */
export type Prompt = "card_declined" | "cancelled_at_terminal" | "terminal_idle" | "signature" | "present_card" | "insert_card" | "present_only_one_card" | "enter_pin" | "please_wait" | "remove_card" | "card_unsupported" | "card_error" | "re_enter_card" | "approved" | "refund_waiting" | "refund_declined" | "refund_unconfirmed";

/**
 * What a person saw on the terminal or its receipt when the provider could not be asked.
 */
export type Witness = "paid" | "not_paid" | "given_back";

/**
 * The question every failure must answer.
 */
export type MoneyMoved = "no" | "perhaps" | "yes";

/**
 * How money goes back.
 */
export type RefundRoute = "remote" | "terminal";

/**
 * How a card machine is.
 */
export type TerminalState = "available" | "offline" | "busy" | "unrecognised";

/**
 * How large a line is.
 */
export type SlipSize = "large" | "medium" | "body";

/**
 * Where a line's words are.
 */
export type SlipAlign = "left" | "center" | "right";

/**
 * One line of a slip.
 */
export type SlipLine = { "kind": "text", 
/**
 * At most 80 characters.
 */
text: string, 
/**
 * How large.
 */
size: SlipSize, 
/**
 * Where on the line.
 */
align: SlipAlign, 
/**
 * Bold.
 */
bold: boolean, } | { "kind": "rule" } | { "kind": "blank" };

/**
 * Why the till did not do what was asked. Closed: every code has a sentence in
 * `ui/src/text`, and the window branches on codes, never on words.
 */
export type Code = "amount_empty" | "amount_negative" | "amount_too_large" | "amount_decimals" | "amount_invalid" | "order_empty" | "order_too_long" | "order_bad_characters" | "order_open" | "order_not_known" | "order_paid" | "order_returned" | "return_reason" | "order_unknown" | "payment_unknown" | "too_late" | "account_unknown" | "account_in_use" | "account_is_practice" | "terminal_unknown" | "terminal_busy" | "name_empty" | "name_too_long" | "name_bad_characters" | "terminals_missing" | "terminal_twice" | "link_minutes" | "link_description" | "payer_invalid" | "sale_option_missing" | "item_invalid" | "card_invalid" | "currency_invalid" | "refund_too_much" | "act_under_way" | "no_list_here" | "billing_invalid" | "wrong_channel" | "pages_missing" | "public_key_missing" | "amount_unit_missing" | "address_invalid" | "address_not_secure" | "address_too_much" | "key_missing" | "key_invalid" | "keychain_missing" | "keychain_locked" | "keychain_slow" | "keychain_refused" | "no_connection" | "no_such_host" | "not_trusted" | "key_refused" | "provider_fault" | "provider_unreadable" | "provider_silent" | "provider_busy" | "journal_damaged" | "journal_read_only" | "journal_full" | "journal_too_new" | "journal_failing" | "journal_busy" | "journal_in_use" | "practice_refused" | "practice_missing" | "bad_request";

/**
 * What goes back over the bridge when the till did not do what was asked. Nothing has been
 * charged by a request that ends in this.
 */
export type ApiError = { 
/**
 * What to branch on.
 */
code: Code, 
/**
 * An English sentence for logs; the window words the code itself.
 */
message: string, 
/**
 * Something to go on with: an id, the provider's words.
 */
detail: string | null, };

/**
 * What is told about a payment now: a title and what to do (`telling.*` in the texts).
 */
export type Telling = "sending" | "waiting" | "waiting_link" | "waiting_link_soon" | "waiting_link_lost" | "not_known_link" | "waiting_declined" | "cancelling" | "waiting_unreachable" | "processing" | "needs_cashier" | "declined_try_again" | "cancelled_at_terminal" | "terminal_idle" | "signature" | "not_known_unconfirmed" | "capturing" | "releasing" | "held_refused" | "refunding" | "refund_at_terminal" | "refund_refused" | "refund_unknown" | "reversed" | "authorised" | "not_known_lost" | "not_known_interrupted" | "not_known_unseen" | "not_known_other_amount" | "paid" | "paid_after_cancel" | "paid_late" | "returned_after_cancel" | "returned_late" | "returned_by_hand" | "paid_by_hand" | "declined" | "cancelled" | "cancelled_elsewhere" | "expired" | "failed_not_sent" | "failed_key_refused" | "failed_no_key" | "failed_invalid" | "failed_absent" | "failed_by_hand" | "partly_refunded" | "refunded";

/**
 * One line of the timeline (`line.*` in the texts).
 */
export type LineKey = "saved" | "accepted" | "not_sent" | "refused" | "answer_lost" | "interrupted" | "arrived_unseen" | "other_amount" | "waiting" | "waiting_link" | "page_made" | "processing" | "needs_cashier" | "authorised" | "card_declined" | "paid" | "declined" | "cancelled" | "expired" | "partly_refunded" | "refunded" | "unrecognised" | "reading_lost" | "cancel_asked" | "cancel_accepted" | "cancel_refused" | "cancel_lost" | "cancelled_at_terminal" | "terminal_idle" | "unconfirmed" | "signature" | "present_card" | "enter_pin" | "please_wait" | "remove_card" | "card_error" | "terminal_approved" | "try_again_asked" | "signature_accepted" | "signature_rejected" | "capture_asked" | "reverse_asked" | "refund_asked" | "act_accepted" | "act_refused" | "act_lost" | "act_unshown" | "refund_waiting" | "refund_declined" | "refund_unconfirmed" | "receipts_kept" | "absent" | "witnessed_paid" | "witnessed_given_back" | "witnessed_not_paid" | "awaiting";

/**
 * How a line's bead looks.
 */
export type Mark = "done" | "now" | "warn" | "todo";

/**
 * One line of the timeline: who did what, when.
 */
export type Line = { 
/**
 * When, RFC 3339 in UTC with milliseconds; none for what is still to come.
 */
at: string | null, 
/**
 * What.
 */
what: LineKey, 
/**
 * What the sentence needs: provider, who, said, intent, amount.
 */
params: { [key in string]: string }, 
/**
 * How its bead looks.
 */
mark: Mark, };

/**
 * How a state looks: one band of colour, one icon.
 */
export type Tone = "waiting" | "paid" | "unknown" | "failed" | "cancelled";

/**
 * What the cashier can do next.
 */
export type Action = "cancel" | "next_customer" | "ask_now" | "charge_again" | "witness" | "try_again" | "accept_signature" | "reject_signature" | "capture" | "reverse" | "refund" | "receipts";

/**
 * An amount, ready to draw: the window never adds, parses or rounds.
 */
export type MoneyView = { 
/**
 * Whole minor units.
 */
minor: number, 
/**
 * ISO 4217.
 */
currency: string, 
/**
 * "MX$".
 */
symbol: string, 
/**
 * "1,180".
 */
major: string, 
/**
 * "00"; empty where the currency has no minor unit.
 */
fraction: string, 
/**
 * "MX$1,180.00".
 */
text: string, };

/**
 * What the digits typed so far amount to.
 */
export type TypedAmountView = { 
/**
 * The digits that count.
 */
digits: string, 
/**
 * Their amount.
 */
amount: MoneyView, 
/**
 * Why it cannot be charged, if it cannot.
 */
problem: Code | null, };

/**
 * A QR code, ready to draw: dark squares on a light ground.
 */
export type QrView = { 
/**
 * Squares of a side, the quiet border included.
 */
size: number, 
/**
 * An SVG path of the dark squares, one unit each.
 */
path: string, };

/**
 * A payment page to show to a customer.
 */
export type PayPageView = { 
/**
 * The link.
 */
url: string, 
/**
 * The link as a QR code.
 */
qr: QrView, 
/**
 * Until when it can be paid, RFC 3339 in UTC, where the provider says so.
 */
expires_at: string | null, };

/**
 * What a payment link was made with. Who pays stays in the till.
 */
export type LinkTermsView = { 
/**
 * What the customer reads.
 */
description: string, 
/**
 * How long it can be paid, minutes.
 */
minutes: number, 
/**
 * Which method, where its system has several.
 */
method: LinkMethod | null, };

/**
 * What a link of an account needs.
 */
export type LinkNeedsView = { 
/**
 * The shortest life, minutes.
 */
minutes_min: number, 
/**
 * The longest life, minutes.
 */
minutes_max: number, 
/**
 * What is suggested, minutes.
 */
minutes_usual: number, 
/**
 * The payer's bank account must be told.
 */
payer: boolean, 
/**
 * It may be told whom the bill is for.
 */
billing: boolean, 
/**
 * The methods to choose from; empty where there is nothing to choose.
 */
methods: Array<LinkMethod>, };

/**
 * What a sale may have beside its amount.
 */
export type SaleOptionsView = { 
/**
 * The card's number typed into the machine.
 */
keyed: boolean, 
/**
 * Held now, taken later.
 */
hold: boolean, 
/**
 * A tip.
 */
tip: boolean, 
/**
 * A service charge.
 */
service_charge: boolean, 
/**
 * What was sold, line by line.
 */
lines: boolean, };

/**
 * What money that goes back without a payment may have beside its amount.
 */
export type ReturnOptionsView = { 
/**
 * The card's number typed into the machine.
 */
keyed: boolean, };

/**
 * A payment system an account can be added for.
 */
export type SystemView = { 
/**
 * Which.
 */
system: System, 
/**
 * How its customers pay.
 */
channel: Channel, 
/**
 * ISO 4217, the usual one first.
 */
currencies: Array<string>, 
/**
 * Whether it lists its card machines.
 */
lists_terminals: boolean, 
/**
 * Whether it lists what stands open there.
 */
lists_open: boolean, };

/**
 * Something that was sold.
 */
export type ItemLineView = { 
/**
 * What.
 */
name: string, 
/**
 * How many.
 */
quantity: number, 
/**
 * For all of them together.
 */
total: MoneyView, };

/**
 * What a sale on a card machine has beside its amount.
 */
export type SaleTermsView = { 
/**
 * The card's number was typed into the machine.
 */
keyed: boolean, 
/**
 * Held now, taken later.
 */
hold: boolean, 
/**
 * The tip that was asked for.
 */
tip: MoneyView | null, 
/**
 * The service charge.
 */
service_charge: MoneyView | null, 
/**
 * What was sold.
 */
lines: Array<ItemLineView>, };

/**
 * Money that goes back without a payment.
 */
export type ReturnTermsView = { 
/**
 * Why.
 */
reason: string, 
/**
 * The card's number is typed into the machine.
 */
keyed: boolean, };

/**
 * See [`payment::Act`].
 */
export type ActKind = "try_again" | "sign_accept" | "sign_reject" | "capture" | "reverse" | "refund";

/**
 * See [`payment::Progress`].
 */
export type ActProgress = "under_way" | "refused" | "done" | "unknown";

/**
 * What was last asked to be done with a payment.
 */
export type ActView = { 
/**
 * What.
 */
kind: ActKind, 
/**
 * How far it has come.
 */
progress: ActProgress, 
/**
 * How much, where it is about an amount.
 */
amount: MoneyView | null, 
/**
 * Who asked.
 */
by: string, 
/**
 * What the provider said, where it refused.
 */
said: string, };

/**
 * The slips of a payment's terminal; empty where there are none.
 */
export type ReceiptsView = { 
/**
 * For the customer.
 */
customer: Array<SlipLine>, 
/**
 * For the shop.
 */
merchant: Array<SlipLine>, };

/**
 * A card machine as its system lists it.
 */
export type TerminalSeenView = { 
/**
 * As its system names it.
 */
code: string, 
/**
 * What is printed on its slips.
 */
label: string, 
/**
 * How it is.
 */
state: TerminalState, 
/**
 * Whether this till uses it.
 */
is_chosen: boolean, };

/**
 * The card machines of an account, as its system lists them.
 */
export type AccountTerminalsView = { 
/**
 * In its order.
 */
terminals: Array<TerminalSeenView>, };

/**
 * A payment that stands open at the provider and that no till sees through.
 */
export type LeftoverView = { 
/**
 * The provider's name of it.
 */
intent: string, 
/**
 * The reference it was made with.
 */
reference: string, 
/**
 * How much.
 */
amount: MoneyView, 
/**
 * When it was made, RFC 3339 in UTC.
 */
made_at: string | null, 
/**
 * Whether somebody could pay it by a link now.
 */
has_link: boolean, };

/**
 * The payments that stand open at an account's provider.
 */
export type LeftoversView = { 
/**
 * Newest first.
 */
rows: Array<LeftoverView>, };

/**
 * One payment, with what to say about it and what can be done.
 */
export type PaymentView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The order.
 */
order: string, 
/**
 * How much.
 */
amount: MoneyView, 
/**
 * The account's id.
 */
account: string, 
/**
 * The account as people call it.
 */
account_name: string, 
/**
 * Whether no real money is involved.
 */
practice: boolean, 
/**
 * How the customer pays.
 */
channel: Channel, 
/**
 * The terminal's code; empty for a link.
 */
terminal: string, 
/**
 * Whether that terminal may ask for a card because of it now, to take money or to give it back.
 */
on_machine: boolean, 
/**
 * The terminal as people call it; for a link, its account.
 */
terminal_label: string, 
/**
 * What a link was made with; none on a terminal.
 */
link: LinkTermsView | null, 
/**
 * What a sale on a card machine has beside its amount; none where nothing.
 */
sale: SaleTermsView | null, 
/**
 * The card on file; empty elsewhere.
 */
card: string, 
/**
 * Why money goes back without a payment; none where money is to come.
 */
gives_back: ReturnTermsView | null, 
/**
 * What the customer pays altogether, where that is more than the amount.
 */
total: MoneyView | null, 
/**
 * What the customer gave on top at the terminal.
 */
tip: MoneyView | null, 
/**
 * What was given back.
 */
returned: MoneyView | null, 
/**
 * What may still be given back.
 */
returnable: MoneyView | null, 
/**
 * How money can go back; empty where it cannot.
 */
refund_routes: Array<RefundRoute>, 
/**
 * What was last asked to be done with it.
 */
act: ActView | null, 
/**
 * By when a signature must be judged, RFC 3339 in UTC.
 */
decide_by: string | null, 
/**
 * Where the customer pays, while that is possible.
 */
page: PayPageView | null, 
/**
 * Which sending of the order.
 */
attempt: number, 
/**
 * Who asked for it.
 */
cashier: string, 
/**
 * Where it is.
 */
state: State, 
/**
 * How that looks.
 */
tone: Tone, 
/**
 * Which sentence tells it.
 */
telling: Telling, 
/**
 * What the sentence needs: provider, seconds, said, amount.
 */
params: { [key in string]: string }, 
/**
 * Whether money moved.
 */
moved: MoneyMoved, 
/**
 * What the terminal says beside it.
 */
prompt: Prompt | null, 
/**
 * What can be done, in the order of the buttons.
 */
actions: Array<Action>, 
/**
 * What Enter does. None while the payment is open: the second half of a double Enter must
 * neither cancel the sale nor leave it.
 */
enter: Action | null, 
/**
 * What Esc does: cancel while that is possible, else the next customer.
 */
escape: Action, 
/**
 * Whether it may still become anything.
 */
open: boolean, 
/**
 * When it was asked for, RFC 3339 in UTC.
 */
started_at: string, 
/**
 * When it was over, RFC 3339 in UTC.
 */
ended_at: string | null, 
/**
 * When the provider last answered about it, RFC 3339 in UTC.
 */
checked_at: string | null, 
/**
 * How many seconds have gone by since it was asked for, while it is open.
 */
elapsed_s: number, 
/**
 * The provider's name of it.
 */
intent: string | null, 
/**
 * What happened, oldest first.
 */
timeline: Array<Line>, 
/**
 * Grows with every change; a view with a lower number is older news.
 */
revision: number, };

/**
 * One line of a list of payments.
 */
export type PaymentRowView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The order.
 */
order: string, 
/**
 * How much.
 */
amount: MoneyView, 
/**
 * The terminal as people call it.
 */
terminal_label: string, 
/**
 * The account as people call it.
 */
account_name: string, 
/**
 * Who asked for it.
 */
cashier: string, 
/**
 * Where it is.
 */
state: State, 
/**
 * How that looks.
 */
tone: Tone, 
/**
 * Whether it gives money back, without a payment.
 */
gives_back: boolean, 
/**
 * Whether no real money is involved.
 */
practice: boolean, 
/**
 * It turned paid after it was shown as over: somebody must decide.
 */
late: boolean, 
/**
 * When it was asked for, RFC 3339 in UTC.
 */
started_at: string, };

/**
 * A page of payments.
 */
export type PaymentsView = { 
/**
 * Newest first.
 */
rows: Array<PaymentRowView>, 
/**
 * For the next page; none at the end.
 */
next: string | null, };

/**
 * An account. Its key never crosses: only whether there is one.
 */
export type AccountView = { 
/**
 * Its id.
 */
id: string, 
/**
 * As people call it.
 */
name: string, 
/**
 * Which system.
 */
system: System, 
/**
 * Where its API is.
 */
base_url: string, 
/**
 * ISO 4217.
 */
currency: string, 
/**
 * Whether a key is in the keychain; none where the keychain would not say.
 */
has_key: boolean | null, 
/**
 * Whether this is the embedded practice store.
 */
practice: boolean, 
/**
 * How its customers pay.
 */
channel: Channel, 
/**
 * Where "back" on the payment page leads; empty where not set.
 */
homepage_url: string, 
/**
 * Where the payment page leads after the payment; empty where not set.
 */
redirect_url: string, 
/**
 * The public half of the key; empty where not set.
 */
public_key: string, 
/**
 * What "100.00" means to it, once chosen.
 */
amount_unit: AmountUnit | null, 
/**
 * Who sold the till; empty where not set.
 */
reseller_id: string, 
/**
 * Which API of LeanRails.
 */
generation: Generation | null, 
/**
 * Whether its system lists its card machines.
 */
lists_terminals: boolean, 
/**
 * Its terminals, or its link.
 */
terminals: Array<TerminalView>, };

/**
 * A way to charge: a card machine, or the link of an account.
 */
export type TerminalView = { 
/**
 * The account's id.
 */
account: string, 
/**
 * The account as people call it.
 */
account_name: string, 
/**
 * How the customer pays.
 */
channel: Channel, 
/**
 * What a link needs; none for a card machine.
 */
link: LinkNeedsView | null, 
/**
 * Its code; empty for a link.
 */
code: string, 
/**
 * As people call it; for a link, the account's name.
 */
label: string, 
/**
 * The open payment that holds it, if any.
 */
busy_with: string | null, 
/**
 * How it was when its system was last asked; none where systems do not tell.
 */
state: TerminalState | null, 
/**
 * What a sale may have beside its amount.
 */
options: SaleOptionsView, 
/**
 * What money that goes back without a payment may have; none where its system has no such thing.
 */
returns: ReturnOptionsView | null, 
/**
 * Whether it belongs to the practice store.
 */
practice: boolean, };

/**
 * Whether address and key are right.
 */
export type AccountTestView = { 
/**
 * They are.
 */
ok: boolean, 
/**
 * What is wrong, if they are not.
 */
problem: Code | null, 
/**
 * How long the answer took, milliseconds.
 */
took_ms: number, };

/**
 * Everything the window needs to draw itself.
 */
export type OverviewView = { 
/**
 * The accounts.
 */
accounts: Array<AccountView>, 
/**
 * The terminals of all accounts, practice last once there is another.
 */
terminals: Array<TerminalView>, 
/**
 * The language chosen.
 */
language: Language, 
/**
 * The theme chosen.
 */
theme: Theme, 
/**
 * Who stands at the till; empty until set.
 */
cashier: string, 
/**
 * Only the practice store is there: nothing here is real.
 */
only_practice: boolean, 
/**
 * Payments that may still become anything, newest first.
 */
open: Array<PaymentRowView>, 
/**
 * Payments that turned paid after they were shown as over.
 */
alarms: Array<PaymentRowView>, 
/**
 * The payment systems an account can be added for.
 */
systems: Array<SystemView>, 
/**
 * A free order number to start from.
 */
suggested_order: string, 
/**
 * Why no new charge can start, if none can.
 */
trouble: Code | null, 
/**
 * The version of this till.
 */
version: string, };

/**
 * One line of the diagnosis.
 */
export type FindingView = { 
/**
 * What was looked at: `journal`, `keychain`, `account`, `practice`, `clock`.
 */
subject: string, 
/**
 * Its name, where there are several.
 */
name: string, 
/**
 * Whether it is as it should be.
 */
ok: boolean, 
/**
 * The problem, if there is one.
 */
problem: Code | null, 
/**
 * Something for support.
 */
detail: string, };

/**
 * How this machine is.
 */
export type DiagnosisView = { 
/**
 * One line a subject.
 */
findings: Array<FindingView>, };

/**
 * What one can do on a practice payment page.
 */
export type PracticePagePress = "pay" | "decline" | "walk_away";

/**
 * A practice payment page, as its customer sees it.
 */
export type PracticePageView = { 
/**
 * The payment's id.
 */
payment: string, 
/**
 * How much.
 */
amount: MoneyView, 
/**
 * What the customer reads.
 */
description: string, 
/**
 * Paid.
 */
paid: boolean, 
/**
 * The buttons that do something now.
 */
presses: Array<PracticePagePress>, };

/**
 * A press on a practice payment page.
 */
export type PracticePagePressRequest = { 
/**
 * The payment's id.
 */
payment: string, 
/**
 * The button.
 */
press: PracticePagePress, };

/**
 * A payment link as typed in.
 */
export type LinkInput = { 
/**
 * What the customer reads, 1 to 200 characters.
 */
description: string, 
/**
 * How long it can be paid, minutes; the account's system has its limits.
 */
minutes: number, 
/**
 * Which method, where the system has several.
 */
method: LinkMethod | null, 
/**
 * Who pays, where the system wants to know.
 */
payer: PayerInput | null, 
/**
 * Whom the bill is for, where the system takes that.
 */
billing: BillingInput | null, };

/**
 * The payer's bank account as typed in. Debug shows nothing of it.
 */
export type PayerInput = { 
/**
 * The name on the account, 1 to 100 characters.
 */
account_name: string, 
/**
 * 6 to 20 digits; spaces and dashes are ignored.
 */
account_number: string, 
/**
 * The bank's code, three digits.
 */
bank_code: string, };

/**
 * Whom a bill is for, as typed in; each part may be empty, at most 200 characters. Debug shows nothing
 * of it.
 */
export type BillingInput = { 
/**
 * Given name.
 */
first_name: string, 
/**
 * Family name.
 */
last_name: string, 
/**
 * Where the bill is sent.
 */
email: string, 
/**
 * With the country's number.
 */
phone: string, 
/**
 * Street and number.
 */
address_line: string, 
/**
 * City.
 */
city: string, 
/**
 * State.
 */
state: string, 
/**
 * Postal code.
 */
zip: string, };

/**
 * Something that was sold, as typed in.
 */
export type ItemLineInput = { 
/**
 * 1 to 100 characters.
 */
name: string, 
/**
 * How many, from 1.
 */
quantity: number, 
/**
 * For all of them together, as digits.
 */
digits: string, };

/**
 * What a sale on a card machine has beside its amount, as typed in.
 */
export type SaleInput = { 
/**
 * The customer is on the telephone.
 */
keyed: boolean, 
/**
 * Held now, taken later.
 */
hold: boolean, 
/**
 * A tip, as digits; empty for none.
 */
tip_digits: string, 
/**
 * A service charge, as digits; empty for none.
 */
service_charge_digits: string, 
/**
 * What was sold, at most 100 lines.
 */
lines: Array<ItemLineInput>, };

/**
 * A card on file as typed in.
 */
export type CardInput = { 
/**
 * The provider's name of it; never a card's number.
 */
card: string, 
/**
 * What it is for, at most 200 characters.
 */
description: string, 
/**
 * Held now, taken later.
 */
hold: boolean, };

/**
 * What is to be known of money that goes back without a payment, as typed in.
 */
export type ReturnInput = { 
/**
 * Why, 1 to 200 characters: the journal keeps it.
 */
reason: string, 
/**
 * The customer is on the telephone.
 */
keyed: boolean, };

/**
 * What can be asked to be done with a payment, beside cancelling it.
 */
export type ActInput = { "kind": "try_again" } | { "kind": "sign", 
/**
 * It is the card holder's.
 */
accepted: boolean, } | { "kind": "capture" } | { "kind": "reverse" } | { "kind": "refund", 
/**
 * The digits typed, as in [`TypeAmountRequest`]; empty for all that is left.
 */
digits: string, 
/**
 * How it goes back.
 */
route: RefundRoute, };

/**
 * Something to be done with a payment.
 */
export type ActRequest = { 
/**
 * The payment's id.
 */
payment: string, 
/**
 * What.
 */
act: ActInput, };

/**
 * A payment that stands open at the provider and is none of this till's.
 */
export type CloseLeftoverRequest = { 
/**
 * The account's id.
 */
account: string, 
/**
 * The provider's name of it.
 */
intent: string, };

/**
 * What one system wants of an account and another does not; empty where nothing was typed.
 */
export type AccountSettingsInput = { 
/**
 * Where "back" on the payment page leads.
 */
homepage_url: string, 
/**
 * Where the payment page leads after the payment.
 */
redirect_url: string, 
/**
 * The public half of the key.
 */
public_key: string, 
/**
 * What "100.00" means to it, once somebody has tried.
 */
amount_unit: AmountUnit | null, 
/**
 * The currency's code, where the system has several; empty for its usual one.
 */
currency: string, 
/**
 * Who sold the till; empty where nobody did.
 */
reseller_id: string, 
/**
 * Which API of LeanRails; none for its first.
 */
generation: Generation | null, };

/**
 * What the practice terminal shows its customer.
 */
export type PracticeDisplay = "idle" | "present_card" | "reading" | "please_wait" | "wrong_pin" | "approved" | "declined" | "cancelled" | "offline";

/**
 * What one can do at the practice terminal.
 */
export type PracticePress = "tap" | "insert_pin" | "insert_sign" | "wrong_pin" | "decline" | "cancel_on_terminal" | "walk_away" | "unplug" | "plug_in" | "cut_network" | "restore_network";

/**
 * The practice terminal.
 */
export type PracticeTerminalView = { 
/**
 * Its code.
 */
code: string, 
/**
 * As people call it.
 */
label: string, 
/**
 * What it shows.
 */
display: PracticeDisplay, 
/**
 * The amount it shows.
 */
amount: MoneyView | null, 
/**
 * The buttons that do something now.
 */
presses: Array<PracticePress>, 
/**
 * Whether the till's answers get lost at the moment.
 */
network_cut: boolean, };

/**
 * Nothing to say.
 */
export type OverviewRequest = Record<symbol, never>;

/**
 * Nothing to say.
 */
export type DiagnoseRequest = Record<symbol, never>;

/**
 * The digits typed so far.
 */
export type TypeAmountRequest = { 
/**
 * ASCII digits, at most 12 that count.
 */
digits: string, 
/**
 * The account to charge through; its currency decides the decimals.
 */
account: string, };

/**
 * A sale.
 */
export type StartChargeRequest = { 
/**
 * The shop's own reference, 1 to 48 characters.
 */
order: string, 
/**
 * The digits typed, as in [`TypeAmountRequest`].
 */
digits: string, 
/**
 * The account's id.
 */
account: string, 
/**
 * The terminal's code; empty for a link.
 */
terminal: string, 
/**
 * The link, where the account's customers pay by one.
 */
link: LinkInput | null, 
/**
 * What a sale on a card machine has beside its amount; none for nothing.
 */
sale: SaleInput | null, 
/**
 * The card on file, where the account charges those.
 */
card: CardInput | null, };

/**
 * Money that goes back to a card that is presented, without a payment.
 */
export type StartReturnRequest = { 
/**
 * The shop's own reference, 1 to 48 characters.
 */
order: string, 
/**
 * The digits typed, as in [`TypeAmountRequest`].
 */
digits: string, 
/**
 * The account's id.
 */
account: string, 
/**
 * The terminal's code.
 */
terminal: string, 
/**
 * Why, and how the card comes to the machine.
 */
terms: ReturnInput, };

/**
 * One payment.
 */
export type PaymentRequest = { 
/**
 * Its id.
 */
payment: string, };

/**
 * What a person saw on the terminal.
 */
export type WitnessRequest = { 
/**
 * The payment's id.
 */
payment: string, 
/**
 * What they saw.
 */
saw: Witness, };

/**
 * Which payments to list.
 */
export type PaymentsFilter = "all" | "open";

/**
 * A page of payments.
 */
export type ListPaymentsRequest = { 
/**
 * Which.
 */
filter: PaymentsFilter, 
/**
 * A part of the order's reference; empty for all. At most 60 characters.
 */
search: string, 
/**
 * `next` of the page before; none for the first.
 */
before: string | null, };

/**
 * A key on its way to the keychain: it can be read here and nowhere else.
 */
export type KeyInput = string;

/**
 * An account to add or change.
 */
export type SaveAccountRequest = { 
/**
 * The id of the account to change; none to add one.
 */
account: string | null, 
/**
 * As people call it, 1 to 60 characters.
 */
name: string, 
/**
 * Which system. A known account keeps its own.
 */
system: System, 
/**
 * What its system wants besides.
 */
settings: AccountSettingsInput, 
/**
 * Where its API is.
 */
base_url: string, 
/**
 * A new key; none to keep the one in the keychain.
 */
key: KeyInput | null, 
/**
 * Its terminals, 1 to 40; none where its system has none, or lists them itself.
 */
terminals: Array<TerminalInput>, };

/**
 * A terminal as typed in.
 */
export type TerminalInput = { 
/**
 * Its serial number, 1 to 64 visible ASCII characters.
 */
code: string, 
/**
 * As people call it, at most 40 characters; empty to use the code.
 */
label: string, };

/**
 * One account.
 */
export type AccountRequest = { 
/**
 * Its id.
 */
account: string, };

/**
 * Language and theme.
 */
export type ChooseLookRequest = { 
/**
 * The language.
 */
language: Language, 
/**
 * The theme.
 */
theme: Theme, };

/**
 * Who stands at the till.
 */
export type NameCashierRequest = { 
/**
 * At most 40 characters.
 */
name: string, };

/**
 * One practice terminal.
 */
export type PracticeTerminalRequest = { 
/**
 * Its code.
 */
terminal: string, };

/**
 * A press on it.
 */
export type PracticePressRequest = { 
/**
 * Its code.
 */
terminal: string, 
/**
 * The button.
 */
press: PracticePress, };

/**
 * What the till pushes. Everything pushed can be asked for too.
 */
export type Notice = { "kind": "payment", 
/**
 * As it is now.
 */
view: PaymentView, } | { "kind": "overview", 
/**
 * As it is now.
 */
view: OverviewView, } | { "kind": "practice_terminal", 
/**
 * As it is now.
 */
view: PracticeTerminalView, } | { "kind": "close_asked", 
/**
 * How many are open.
 */
open: number, };

/** Every command: what goes in, what comes out. */
export type Commands = {
  overview: { request: OverviewRequest; view: OverviewView };
  type_amount: { request: TypeAmountRequest; view: TypedAmountView };
  start_charge: { request: StartChargeRequest; view: PaymentView };
  start_return: { request: StartReturnRequest; view: PaymentView };
  show_payment: { request: PaymentRequest; view: PaymentView };
  cancel_payment: { request: PaymentRequest; view: PaymentView };
  ask_now: { request: PaymentRequest; view: PaymentView };
  witness_payment: { request: WitnessRequest; view: PaymentView };
  act_payment: { request: ActRequest; view: PaymentView };
  payment_receipts: { request: PaymentRequest; view: ReceiptsView };
  list_payments: { request: ListPaymentsRequest; view: PaymentsView };
  save_account: { request: SaveAccountRequest; view: AccountView };
  remove_account: { request: AccountRequest; view: OverviewView };
  test_account: { request: AccountRequest; view: AccountTestView };
  account_terminals: { request: AccountRequest; view: AccountTerminalsView };
  list_leftovers: { request: AccountRequest; view: LeftoversView };
  close_leftover: { request: CloseLeftoverRequest; view: LeftoversView };
  choose_look: { request: ChooseLookRequest; view: OverviewView };
  name_cashier: { request: NameCashierRequest; view: OverviewView };
  diagnose: { request: DiagnoseRequest; view: DiagnosisView };
  practice_terminal: { request: PracticeTerminalRequest; view: PracticeTerminalView };
  practice_press: { request: PracticePressRequest; view: PracticeTerminalView };
  practice_page: { request: PaymentRequest; view: PracticePageView };
  practice_page_press: { request: PracticePagePressRequest; view: PracticePageView };
};

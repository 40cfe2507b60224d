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
 * What an account is asked for, beside its name, its address and its key.
 */
export type Ask = "terminals" | "machines" | "pages" | "public_key" | "amount_unit" | "reseller_id" | "generation" | "webhook_secret";

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
export type Prompt = "card_declined" | "cancelled_at_terminal" | "terminal_idle" | "on_its_way" | "signature" | "present_card" | "insert_card" | "present_only_one_card" | "enter_pin" | "please_wait" | "remove_card" | "card_unsupported" | "card_error" | "re_enter_card" | "approved" | "refund_waiting" | "refund_declined" | "refund_unconfirmed";

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
export type Code = "amount_empty" | "amount_negative" | "amount_too_large" | "amount_decimals" | "amount_invalid" | "order_empty" | "order_too_long" | "order_bad_characters" | "order_open" | "order_not_known" | "order_paid" | "order_elsewhere" | "charge_warned" | "change_unsettled" | "order_returned" | "return_reason" | "order_unknown" | "payment_unknown" | "too_late" | "account_unknown" | "account_in_use" | "account_is_practice" | "terminal_unknown" | "terminal_busy" | "terminal_replaces" | "name_empty" | "name_too_long" | "name_bad_characters" | "terminals_missing" | "terminal_twice" | "link_minutes" | "link_description" | "payer_invalid" | "sale_option_missing" | "item_invalid" | "card_invalid" | "currency_invalid" | "refund_too_much" | "act_under_way" | "leftover_unconfirmed" | "leftover_unclosed" | "no_list_here" | "elsewhere_not_kept" | "webhooks_missing" | "billing_invalid" | "mail_server" | "mail_not_secure" | "mail_address" | "mail_missing" | "mail_password_missing" | "mail_password_again" | "letter_words" | "wrong_channel" | "pages_missing" | "public_key_missing" | "amount_unit_missing" | "void_list_empty" | "void_list_too_long" | "void_list_too_large" | "void_list_unreadable" | "void_list_columns" | "void_plan_gone" | "void_nothing" | "void_unknown" | "file_not_saved" | "void_reason" | "day_blocked" | "day_moved" | "day_unknown" | "address_invalid" | "address_not_secure" | "address_too_much" | "key_missing" | "key_invalid" | "keychain_missing" | "keychain_locked" | "keychain_slow" | "keychain_refused" | "request_not_built" | "no_connection" | "no_such_host" | "not_trusted" | "key_refused" | "provider_fault" | "provider_unreadable" | "provider_silent" | "provider_busy" | "journal_damaged" | "journal_read_only" | "journal_full" | "journal_too_new" | "journal_failing" | "journal_unsure" | "journal_busy" | "journal_in_use" | "practice_refused" | "practice_missing" | "nobody_signed_in" | "needs_approval" | "not_allowed" | "nothing_to_approve" | "approver_is_asker" | "reason_missing" | "pin_wrong" | "pin_locked" | "pin_too_short" | "pin_too_long" | "pin_not_digits" | "pin_trivial" | "pins_differ" | "pin_unchecked" | "pepper_lost" | "staff_unknown" | "staff_name_taken" | "first_is_manager" | "last_manager" | "idle_too_long" | "receipt_missing" | "checked_missing" | "bad_request";

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
export type Telling = "sending" | "waiting" | "waiting_link" | "waiting_link_soon" | "waiting_link_lost" | "not_known_link" | "waiting_declined" | "cancelling" | "waiting_unreachable" | "processing" | "needs_cashier" | "declined_try_again" | "cancelled_at_terminal" | "terminal_idle" | "signature" | "not_known_unconfirmed" | "capturing" | "releasing" | "held_refused" | "refunding" | "refund_at_terminal" | "refund_refused" | "refund_unknown" | "reversed" | "authorised" | "not_known_lost" | "not_known_interrupted" | "not_known_unseen" | "not_known_other_amount" | "paid" | "paid_with_tip" | "paid_after_cancel" | "paid_late" | "returned_after_cancel" | "returned_late" | "returned_by_hand" | "paid_by_hand" | "declined" | "cancelled" | "cancelled_elsewhere" | "expired" | "failed_not_sent" | "failed_key_refused" | "failed_no_key" | "failed_invalid" | "failed_absent" | "failed_by_hand" | "partly_refunded" | "refunded";

/**
 * One line of the timeline (`line.*` in the texts).
 */
export type LineKey = "saved" | "accepted" | "not_sent" | "refused" | "answer_lost" | "interrupted" | "arrived_unseen" | "other_amount" | "waiting" | "on_its_way" | "waiting_link" | "page_made" | "processing" | "needs_cashier" | "authorised" | "card_declined" | "paid" | "declined" | "cancelled" | "expired" | "partly_refunded" | "refunded" | "unrecognised" | "reading_lost" | "cancel_asked" | "void_asked" | "cancel_accepted" | "cancel_refused" | "cancel_lost" | "cancelled_at_terminal" | "terminal_idle" | "unconfirmed" | "signature" | "present_card" | "enter_pin" | "please_wait" | "remove_card" | "card_error" | "terminal_approved" | "try_again_asked" | "signature_accepted" | "signature_rejected" | "capture_asked" | "reverse_asked" | "refund_asked" | "act_accepted" | "act_refused" | "act_lost" | "act_unshown" | "refund_waiting" | "refund_declined" | "refund_unconfirmed" | "receipts_kept" | "absent" | "witnessed_paid" | "witnessed_given_back" | "witnessed_not_paid" | "passed_unresolved_twin" | "passed_same_order" | "passed_same_amount" | "passed_unusual_amount" | "amount_change_asked" | "decided_keep" | "decided_give_back" | "awaiting";

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
export type Action = "cancel" | "next_customer" | "ask_now" | "charge_again" | "return_again" | "witness" | "try_again" | "accept_signature" | "reject_signature" | "capture" | "reverse" | "refund" | "receipts";

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
 * What a card on file was charged with.
 */
export type CardTermsView = { 
/**
 * The provider's name of the stored card.
 */
card: string, 
/**
 * What it is for; may be empty.
 */
description: string, 
/**
 * Held now, taken later.
 */
hold: boolean, };

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
 * One of several APIs of a system.
 */
export type GenerationView = { 
/**
 * Which.
 */
generation: Generation, 
/**
 * Where it usually is.
 */
address: string, };

/**
 * A payment system an account can be added for.
 */
export type SystemView = { 
/**
 * Which.
 */
system: System, 
/**
 * As people call it.
 */
name: string, 
/**
 * How its customers pay.
 */
channel: Channel, 
/**
 * ISO 4217, the usual one first.
 */
currencies: Array<string>, 
/**
 * Where its API usually is, that of its first generation; empty where its documents do not say.
 */
address: string, 
/**
 * Its APIs, the usual one first; empty where it has one.
 */
generations: Array<GenerationView>, 
/**
 * What an account of it is asked for, beside name, address and key.
 */
asks: Array<Ask>, 
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
 * For all of them together, without what its modifiers add or take off.
 */
total: MoneyView, 
/**
 * What was asked for beside it, or taken off.
 */
modifiers: Array<ModifierView>, };

/**
 * What changes one thing that was sold.
 */
export type ModifierView = { 
/**
 * What.
 */
name: string, 
/**
 * How many for each single thing of the line.
 */
quantity: number, 
/**
 * For the modifier.
 */
amount: MoneyView, 
/**
 * It is taken off and not added.
 */
discount: boolean, };

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
 * What a card on file is charged with; none elsewhere.
 */
card: CardTermsView | null, 
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
 * What the sentence needs: provider, seconds, said, amount, total, tip.
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
 * Whether another amount may be sent in its place: no card was presented yet.
 */
amount_changeable: boolean, 
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
started_at: string, 
/**
 * What is known of one that was made elsewhere; none for this till's own.
 */
elsewhere: ElsewhereRowView | null, };

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
 * What is known of a payment that this till did not make.
 */
export type ElsewhereRowView = { 
/**
 * The account's id.
 */
account: string, 
/**
 * The provider's name of it.
 */
intent: string, 
/**
 * The reference it was made with; empty where it has none.
 */
reference: string, 
/**
 * The payment system as people call it; empty where the account is gone.
 */
provider: string, 
/**
 * The provider's word for where it stands; empty where a reading of it alone told.
 */
word: string, 
/**
 * Whether this build knows that word.
 */
is_known: boolean, 
/**
 * Whether it stands open there.
 */
is_open: boolean, 
/**
 * The list that was read last does not have it any more.
 */
is_gone: boolean, 
/**
 * Whether somebody could pay it by a link now.
 */
has_link: boolean, 
/**
 * The last four digits of the card; empty where the list does not have them.
 */
last_four: string, 
/**
 * When it was made, RFC 3339 in UTC.
 */
made_at: string | null, 
/**
 * When that was read, RFC 3339 in UTC.
 */
read_at: string, };

/**
 * What is known of an account's list.
 */
export type ElsewhereAccountView = { 
/**
 * The account's id.
 */
account: string, 
/**
 * The account as people call it.
 */
account_name: string, 
/**
 * When it was read last since the till was opened, RFC 3339 in UTC.
 */
read_at: string | null, 
/**
 * Why it could not be read, or that there is none.
 */
problem: Code | null, 
/**
 * Something for support.
 */
detail: string, 
/**
 * It is being read.
 */
looking: boolean, };

/**
 * Payments that stand open elsewhere and have a link that anybody could pay.
 */
export type LinksLeftView = { 
/**
 * How many.
 */
count: number, 
/**
 * For how much; none where that is beyond what the till handles.
 */
sum: MoneyView | null, 
/**
 * Whether no real money is involved.
 */
practice: boolean, };

/**
 * What was made elsewhere, as far as it is known.
 */
export type ElsewhereView = { 
/**
 * Every account.
 */
accounts: Array<ElsewhereAccountView>, 
/**
 * What can be paid there by a link, by currency.
 */
links: Array<LinksLeftView>, };

/**
 * What was made elsewhere.
 */
export type LookElsewhereRequest = { 
/**
 * Somebody asked for it: a list is read again however fresh it is.
 */
is_pressed: boolean, };

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
 * Who works here, and who is signed in.
 */
staff: StaffView, 
/**
 * How voids go here.
 */
void_rules: VoidRulesView, 
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
 * How many wait for somebody: not known, or a manager's to decide.
 */
inbox: number, 
/**
 * What was made elsewhere.
 */
elsewhere: ElsewhereView, 
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
billing: BillingInput | null, 
/**
 * In which language the customer is written to; none for the shop's usual one.
 */
language: LetterLanguage | null, };

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
 * Whom a bill is for, as typed in; each part may be empty, at most 200 characters. No Debug.
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
 * For all of them together, as digits, without what its modifiers add or take off.
 */
digits: string, 
/**
 * What was asked for beside it, or taken off: at most 20.
 */
modifiers: Array<ModifierInput>, };

/**
 * What changes one thing that was sold, as typed in.
 */
export type ModifierInput = { 
/**
 * 1 to 100 characters.
 */
name: string, 
/**
 * How many for each single thing of the line, from 1.
 */
quantity: number, 
/**
 * For the modifier, as digits.
 */
digits: string, 
/**
 * It is taken off and not added.
 */
discount: boolean, };

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
intent: string, 
/**
 * Somebody was told that it may be another till's, and has made sure that nobody waits for it.
 */
is_confirmed: boolean, };

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
saw: Witness, 
/**
 * The reference on the receipt, at most 60 characters. Wanted where there are managers.
 */
receipt: string, 
/**
 * What was checked, at most 200 characters. Wanted where there are managers.
 */
checked: string, };

/**
 * Which payments to list.
 */
export type PaymentsFilter = "all" | "open" | "duplicates" | "expiring" | "not_known" | "today" | "elsewhere";

/**
 * A page of payments.
 */
export type ListPaymentsRequest = { 
/**
 * Which.
 */
filter: PaymentsFilter, 
/**
 * What is looked for, empty for all: a part of the order's or the provider's reference, an amount
 * ("12.50"), the last four digits of a card, a terminal, an account, a cashier, a time of day
 * ("14:00", "about 2 pm"), or what was scanned. Payments that each word finds. At most 200 characters.
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
 * The secret with which an account's webhooks are signed.
 */
export type WebhookSecretRequest = { 
/**
 * The account's id.
 */
account: string, 
/**
 * The secret, as the provider gave it out.
 */
secret: KeyInput, };

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
 * What a dry run says of a line before anything is sent.
 */
export type Verdict = "will_cancel" | "not_known_yet" | "needs_refund" | "needs_terminal" | "cannot_held" | "cannot_over" | "cannot_returned" | "cannot_ask" | "cannot_tell" | "nothing";

/**
 * What has become of a line.
 */
export type VoidOutcome = "queued" | "under_way" | "cancelled" | "over_before" | "over_unpaid" | "paid_before" | "paid_late" | "returned" | "still_trying" | "not_known" | "not_done" | "left_alone" | "not_tried";

/**
 * Where a batch is.
 */
export type VoidStep = "undo" | "running" | "paused" | "interrupted" | "stopped" | "finished";

/**
 * One line of a batch, or of its dry run.
 */
export type VoidLineView = { 
/**
 * What was typed, pasted or scanned; the order where it was selected.
 */
given: string, 
/**
 * The payment's id, where it is one of this till's.
 */
payment: string | null, 
/**
 * The order, or the reference at the provider; empty where nothing has that name.
 */
reference: string, 
/**
 * How much.
 */
amount: MoneyView | null, 
/**
 * The account as people call it; empty where nothing has that name.
 */
account_name: string, 
/**
 * The provider's name of it; empty where it has none.
 */
intent: string, 
/**
 * It is none of this till's payments: it stands open at the provider.
 */
is_leftover: boolean, 
/**
 * Where it stood at the dry run.
 */
before: State | null, 
/**
 * Where it stands now.
 */
after: State | null, 
/**
 * What the dry run says.
 */
verdict: Verdict, 
/**
 * What has become of it; none at the dry run.
 */
outcome: VoidOutcome | null, 
/**
 * When its cancel was asked for, RFC 3339 in UTC.
 */
asked_at: string | null, 
/**
 * When it was over, RFC 3339 in UTC.
 */
ended_at: string | null, };

/**
 * How many lines have a verdict.
 */
export type VerdictCountView = { 
/**
 * Which.
 */
verdict: Verdict, 
/**
 * How many.
 */
count: number, };

/**
 * How many lines have come to an outcome.
 */
export type OutcomeCountView = { 
/**
 * Which.
 */
outcome: VoidOutcome, 
/**
 * How many.
 */
count: number, };

/**
 * What the shop says about voids.
 */
export type VoidRulesView = { 
/**
 * How long one can be undone before anything is sent, seconds; at most 60.
 */
undo_s: number, 
/**
 * The reasons to choose from; empty for those that the till comes with.
 */
reasons: Array<string>, 
/**
 * After so many minutes the till closes by itself what was left open elsewhere; none: never.
 */
close_links_after_min: number | null, };

/**
 * A dry run: nothing was sent and nothing is written down.
 */
export type VoidPlanView = { 
/**
 * Its name, to start exactly this.
 */
plan: string, 
/**
 * In the order in which they came.
 */
lines: Array<VoidLineView>, 
/**
 * What they would come to, without those that no line has.
 */
counts: Array<VerdictCountView>, 
/**
 * How many lines something would be done about.
 */
tried: number, 
/**
 * What those amount to, by currency.
 */
sums: Array<MoneyView>, 
/**
 * References that came again, and were counted once.
 */
repeated: number, 
/**
 * Accounts whose provider could not be asked what stands open there.
 */
unasked: Array<string>, 
/**
 * The column of the file that was read; empty where there was none to choose.
 */
column: string, 
/**
 * How the file was written; empty where there was none.
 */
encoding: string, 
/**
 * How long it could be undone, milliseconds.
 */
undo_ms: number, 
/**
 * The shop's own reasons; empty for those that the till comes with.
 */
reasons: Array<string>, };

/**
 * A batch without its lines.
 */
export type VoidHeadView = { 
/**
 * Its id.
 */
batch: string, 
/**
 * Where it is.
 */
step: VoidStep, 
/**
 * Who asked for it.
 */
by: string, 
/**
 * The till itself asked for it: what was left open elsewhere for `note` minutes.
 */
by_till: boolean, 
/**
 * Why.
 */
reason: string, 
/**
 * In their own words.
 */
note: string, 
/**
 * When, RFC 3339 in UTC.
 */
asked_at: string, 
/**
 * How long it can be undone yet, milliseconds.
 */
undo_left_ms: number, 
/**
 * How many lines it has.
 */
total: number, 
/**
 * How many lines something is done about.
 */
tried: number, 
/**
 * How many of those are over or wait for their provider.
 */
begun: number, 
/**
 * What has become of them, without the outcomes that no line has.
 */
counts: Array<OutcomeCountView>, 
/**
 * What was withdrawn, by currency.
 */
sums: Array<MoneyView>, };

/**
 * A batch.
 */
export type VoidView = { 
/**
 * Without its lines.
 */
head: VoidHeadView, 
/**
 * Its lines.
 */
lines: Array<VoidLineView>, };

/**
 * Batches, newest first.
 */
export type VoidsView = { 
/**
 * At most a hundred.
 */
rows: Array<VoidHeadView>, };

/**
 * How the proof of a batch is written.
 */
export type VoidProofForm = "csv" | "pdf";

/**
 * Which payments to withdraw.
 */
export type VoidChoice = { "kind": "payments", 
/**
 * Their ids, at most 20 000.
 */
payments: Array<string>, } | { "kind": "list", 
/**
 * Its bytes in Base64, at most 4 MiB of them: how the text is written is found out here.
 */
base64: string, } | { "kind": "expiring", 
/**
 * Within so many minutes.
 */
minutes: number, } | { "kind": "duplicates" } | { "kind": "leftovers" };

/**
 * What is to become of a batch.
 */
export type VoidWish = "pause" | "resume" | "stop";

/**
 * What to withdraw: a dry run, which sends and writes nothing.
 */
export type PlanVoidRequest = { 
/**
 * Which payments.
 */
choice: VoidChoice, };

/**
 * Starts what a dry run showed.
 */
export type StartVoidRequest = { 
/**
 * The dry run's name.
 */
plan: string, 
/**
 * Why, 1 to 60 characters.
 */
reason: string, 
/**
 * In the words of who asks, at most 200 characters; may be empty.
 */
note: string, };

/**
 * One batch.
 */
export type VoidRequest = { 
/**
 * Its id.
 */
batch: string, };

/**
 * Nothing to say.
 */
export type ListVoidsRequest = Record<symbol, never>;

/**
 * What is to become of a batch.
 */
export type SteerVoidRequest = { 
/**
 * Its id.
 */
batch: string, 
/**
 * What.
 */
wish: VoidWish, };

/**
 * The proof of a batch as a file, in the reader's words.
 */
export type ProveVoidRequest = { 
/**
 * Its id.
 */
batch: string, 
/**
 * How it is written.
 */
form: VoidProofForm, 
/**
 * The words of columns (`column.order`), outcomes (`outcome.cancelled`), verdicts, states and of the
 * proof itself. What has no word is written by its key.
 */
words: { [key in string]: string }, 
/**
 * Whether to save it where this till keeps files for people.
 */
is_saved: boolean, };

/**
 * How several payments are withdrawn at once.
 */
export type ChooseVoidRulesRequest = { 
/**
 * How long a batch can be undone, seconds, 0 to 60.
 */
undo_s: number, 
/**
 * The reasons to choose from, at most 20 of at most 60 characters; none for the till's own.
 */
reasons: Array<string>, 
/**
 * See [`payment::VoidRules`]: 5 to 10 080; none: never.
 */
close_links_after_min: number | null, };

/**
 * A language that letters are written in.
 */
export type LetterLanguage = "en" | "es";

/**
 * How the line to the mail server is protected.
 */
export type MailSecurity = "tls" | "start_tls" | "plain";

/**
 * What has become of a payment's letter.
 */
export type LetterFate = "none" | "queued" | "sending" | "sent" | "waiting" | "refused" | "doubtful" | "given_up" | "dropped";

/**
 * The letter of a payment that was withdrawn.
 */
export type LetterView = { 
/**
 * To whom.
 */
to: string, 
/**
 * Its one line.
 */
subject: string, 
/**
 * Its text, ready to be copied.
 */
text: string, 
/**
 * What has become of it.
 */
fate: LetterFate, 
/**
 * What the mail server, or the line to it, said; empty where nothing was said.
 */
said: string, 
/**
 * When that was, RFC 3339 in UTC.
 */
at: string | null, 
/**
 * Whether somebody may have it sent now.
 */
can_send: boolean, };

/**
 * The letter of a payment, where one may be written.
 */
export type PaymentLetterView = { 
/**
 * It; none where the payment is not withdrawn, or nobody knows an address.
 */
letter: LetterView | null, };

/**
 * The words of a letter in one language.
 */
export type TemplateView = { 
/**
 * Its language.
 */
language: LetterLanguage, 
/**
 * One line.
 */
subject: string, 
/**
 * Plain text.
 */
text: string, };

/**
 * How letters leave the till.
 */
export type LetterRulesView = { 
/**
 * Whether any do.
 */
is_on: boolean, 
/**
 * The mail server's host; empty where none is set.
 */
server: string, 
/**
 * Its port.
 */
port: number, 
/**
 * How the line is protected.
 */
security: MailSecurity, 
/**
 * Who signs in there; empty where nobody does.
 */
user: string, 
/**
 * Whether the keychain has a password; none where it could not be asked.
 */
has_password: boolean | null, 
/**
 * The address letters come from.
 */
from: string, 
/**
 * What the shop is called in them.
 */
shop: string, 
/**
 * The language where the customer's is not known.
 */
language: LetterLanguage, 
/**
 * One a language: the shop's own words, or the till's.
 */
templates: Array<TemplateView>, 
/**
 * What may be filled in, as it is written: "{order}".
 */
places: Array<string>, 
/**
 * Letters that are still to be sent.
 */
queued: number, 
/**
 * Letters that somebody should look at: refused, given up, or of unknown fate.
 */
failed: number, };

/**
 * What a letter that tries the settings came to.
 */
export type LetterTestView = { 
/**
 * The mail server took it.
 */
ok: boolean, 
/**
 * What it, or the line to it, said; empty where it was taken.
 */
said: string, };

/**
 * Nothing to say.
 */
export type LetterRulesRequest = Record<symbol, never>;

/**
 * The words of a letter as typed in.
 */
export type TemplateInput = { 
/**
 * Its language.
 */
language: LetterLanguage, 
/**
 * One line, 1 to 120 characters.
 */
subject: string, 
/**
 * Plain text, 1 to 4000 characters.
 */
text: string, };

/**
 * How letters leave the till.
 */
export type ChooseLetterRulesRequest = { 
/**
 * The mail server's host; empty to send no letters any more.
 */
server: string, 
/**
 * Its port.
 */
port: number, 
/**
 * How the line is protected.
 */
security: MailSecurity, 
/**
 * Who signs in there; empty where nobody does.
 */
user: string, 
/**
 * A new password; none to keep the one in the keychain.
 */
password: KeyInput | null, 
/**
 * The address letters come from.
 */
from: string, 
/**
 * What the shop is called in them, 1 to 40 characters.
 */
shop: string, 
/**
 * The language where the customer's is not known.
 */
language: LetterLanguage, 
/**
 * One a language.
 */
templates: Array<TemplateInput>, };

/**
 * A letter to try the settings with.
 */
export type TestLettersRequest = { 
/**
 * To whom.
 */
to: string, };

/**
 * Why a payment is not over.
 */
export type OpenKind = "not_known" | "live" | "link" | "held" | "refund";

/**
 * What a provider's own list says beside the till's.
 */
export type DayChecked = "agrees" | "others" | "no_list" | "unasked";

/**
 * Counts and sums.
 */
export type DaySumView = { 
/**
 * Payments that were taken.
 */
taken: number, 
/**
 * How much, tips and service charges included.
 */
taken_sum: MoneyView, 
/**
 * Payments of which something was given back.
 */
returned: number, 
/**
 * How much.
 */
returned_sum: MoneyView, 
/**
 * What was taken less what was given back.
 */
net_sum: MoneyView, 
/**
 * Payments that were withdrawn before anybody paid.
 */
voided: number, 
/**
 * For how much.
 */
voided_sum: MoneyView, 
/**
 * Payments that were declined, ran out or failed.
 */
unpaid: number, };

/**
 * A row of a table of a report.
 */
export type DayRowView = { 
/**
 * An account, a card machine, a cashier; empty where there is no name.
 */
name: string, 
/**
 * The account behind it, where that says more.
 */
under: string, 
/**
 * No real money.
 */
practice: boolean, 
/**
 * How much.
 */
sum: DaySumView, };

/**
 * What was withdrawn for one reason by one person.
 */
export type DayVoidView = { 
/**
 * Why; empty where nobody said.
 */
reason: string, 
/**
 * Who; empty for the till itself, a terminal or the provider.
 */
by: string, 
/**
 * No real money.
 */
practice: boolean, 
/**
 * How many.
 */
count: number, 
/**
 * For how much.
 */
sum: MoneyView, };

/**
 * A payment over which the day cannot be closed.
 */
export type DayBlockView = { 
/**
 * Why.
 */
kind: OpenKind, 
/**
 * The payment.
 */
row: PaymentRowView, };

/**
 * What is carried over to the next day.
 */
export type DayOpenView = { 
/**
 * Why it is open.
 */
kind: OpenKind, 
/**
 * No real money.
 */
practice: boolean, 
/**
 * How many.
 */
count: number, 
/**
 * For how much.
 */
sum: MoneyView, };

/**
 * An account held against its provider's own list.
 */
export type DayCheckView = { 
/**
 * The account.
 */
account_name: string, 
/**
 * What was found.
 */
outcome: DayChecked, 
/**
 * How many stand open there that are none of this till's.
 */
count: number, };

/**
 * A bar of a chart.
 */
export type DayBarView = { 
/**
 * Under it: an hour, or a day's number.
 */
label: string, 
/**
 * What was taken.
 */
sum: MoneyView, 
/**
 * Its height in thousandths of the chart's.
 */
height: number, 
/**
 * The height of what is usual, where that is known.
 */
usual: number | null, 
/**
 * The day that goes on.
 */
now: boolean, };

/**
 * A report.
 */
export type DayView = { 
/**
 * From 1.
 */
number: number, 
/**
 * It was closed, and is not opened again.
 */
closed: boolean, 
/**
 * The first entry of the journal that it counts.
 */
from: number, 
/**
 * The last one.
 */
to: number, 
/**
 * When the first entry was written, RFC 3339 in UTC; none where there is none yet.
 */
opened_at: string | null, 
/**
 * When it was closed, or now, RFC 3339 in UTC.
 */
at: string, 
/**
 * The day on the calendar that it is, as "2026-11-21": until four in the morning the evening's before.
 */
date: string, 
/**
 * Who closed it.
 */
by: string, 
/**
 * By currency, real money first. Practice money is a row of its own.
 */
totals: Array<DayRowView>, 
/**
 * By account.
 */
accounts: Array<DayRowView>, 
/**
 * By card machine and link.
 */
terminals: Array<DayRowView>, 
/**
 * By cashier.
 */
cashiers: Array<DayRowView>, 
/**
 * What was withdrawn, by reason.
 */
voids: Array<DayVoidView>, 
/**
 * What the day cannot be closed over.
 */
blocked: Array<DayBlockView>, 
/**
 * What is carried over.
 */
carried: Array<DayOpenView>, 
/**
 * Every account held against its provider's list; empty where that was not asked for.
 */
checks: Array<DayCheckView>, 
/**
 * Ended payments that were read once more.
 */
read_again: number, 
/**
 * How many of them could not be read.
 */
unread: number, 
/**
 * What was taken by hour, in the currency of the first total.
 */
hours: Array<DayBarView>, 
/**
 * What was taken on the last days, in the same currency, the oldest first.
 */
days: Array<DayBarView>, 
/**
 * The hash of the last entry.
 */
head: string, 
/**
 * The public key that signed it.
 */
public_key: string | null, 
/**
 * The signature.
 */
signature: string | null, 
/**
 * This computer's keychain remembered another journal, or a longer one.
 */
replaced: boolean, };

/**
 * A day of the list.
 */
export type DayHeadView = { 
/**
 * Its number.
 */
number: number, 
/**
 * When it was closed, RFC 3339 in UTC.
 */
closed_at: string, 
/**
 * Who closed it.
 */
by: string, 
/**
 * What was taken less what was given back, by currency.
 */
sums: Array<MoneyView>, 
/**
 * All of it is practice money.
 */
practice: boolean, };

/**
 * The days that were closed, newest first.
 */
export type DaysView = { 
/**
 * One row a day.
 */
rows: Array<DayHeadView>, };

/**
 * A file that was made.
 */
export type FileView = { 
/**
 * What it is called.
 */
name: string, 
/**
 * Where it was put; empty where it was not.
 */
path: string, 
/**
 * Its bytes in Base64, where it was not put anywhere.
 */
base64: string, };

/**
 * The day so far.
 */
export type DayReportRequest = { 
/**
 * Also hold every account against its provider's list. That asks the providers.
 */
check: boolean, };

/**
 * Close the day.
 */
export type CloseDayRequest = { 
/**
 * Which: the number that the report showed. Two presses close one day.
 */
number: number, };

/**
 * The days that were closed.
 */
export type ListDaysRequest = Record<symbol, never>;

/**
 * One day that was closed.
 */
export type DayRequest = { 
/**
 * Its number.
 */
number: number, };

/**
 * A report as a PDF.
 */
export type DayFileRequest = { 
/**
 * Which day; none for the one that goes on.
 */
number: number | null, 
/**
 * The words of the reader's language, by their names.
 */
words: { [key in string]: string }, 
/**
 * Write it to the folder for files.
 */
is_saved: boolean, };

/**
 * What happened to the shop (`audit.what` in the texts).
 */
export type AuditKey = "account_saved" | "account_removed" | "look_chosen" | "leftover_closed" | "void_asked" | "void_paused" | "void_resumed" | "void_stopped" | "void_finished" | "void_read" | "void_rules_chosen" | "staff_added" | "staff_changed" | "staff_removed" | "pin_set" | "pin_recovered" | "pin_refused" | "signed_in" | "signed_in_unchecked" | "signed_out" | "signed_out_idle" | "approved" | "staff_rules_chosen" | "cashier_named" | "letter_queued" | "letter_sending" | "letter_taken" | "letter_refused" | "letter_not_yet" | "letter_doubtful" | "letter_again" | "letter_given_up" | "letter_dropped" | "letters_chosen" | "day_closed" | "day_closed_replaced" | "noted";

/**
 * An entry.
 */
export type AuditRowView = { 
/**
 * Its number.
 */
seq: number, 
/**
 * When it was written, RFC 3339 in UTC.
 */
at: string, 
/**
 * What happened to a payment; none where it happened to the shop.
 */
line: LineKey | null, 
/**
 * What happened to the shop; none where it happened to a payment.
 */
shop: AuditKey | null, 
/**
 * What the words need.
 */
params: { [key in string]: string }, 
/**
 * How the payment's customer pays.
 */
channel: Channel | null, 
/**
 * Whether the payment gives money back.
 */
gives_back: boolean, 
/**
 * The payment; none where it is about the shop.
 */
payment: string | null, 
/**
 * Its order.
 */
order: string, 
/**
 * Who did it; empty for the till itself, and for a person where no name is set.
 */
who: string, 
/**
 * A person did it.
 */
by_person: boolean, 
/**
 * Who approved it.
 */
approved_by: string, 
/**
 * What was approved.
 */
deed: Deed | null, 
/**
 * Why.
 */
reason: string, 
/**
 * It began something that is not finished.
 */
unfinished: boolean, };

/**
 * A page of the story, newest first.
 */
export type AuditView = { 
/**
 * The entries.
 */
rows: Array<AuditRowView>, 
/**
 * For the next page; none at the end.
 */
next: string | null, };

/**
 * What this computer's keychain remembers of the journal.
 */
export type HeadMemory = "agrees" | "differs" | "nothing" | "unasked";

/**
 * What became of checking the whole journal.
 */
export type AuditVerdictView = { 
/**
 * It is whole in itself.
 */
whole: boolean, 
/**
 * What is wrong with it, for support.
 */
damage: string, 
/**
 * How many entries it has.
 */
entries: number, 
/**
 * The hash of the last one.
 */
head: string, 
/**
 * The public key that signs it; none where no keychain gave one.
 */
public_key: string | null, 
/**
 * The signature.
 */
signature: string | null, 
/**
 * What this computer's keychain remembers.
 */
memory: HeadMemory, 
/**
 * The entry it remembers.
 */
remembered: number | null, };

/**
 * Which entries of the journal to show.
 */
export type AuditFilter = "all" | "unfinished";

/**
 * How a copy of the journal is written.
 */
export type AuditForm = "json_lines" | "csv";

/**
 * A page of the journal's story.
 */
export type ListAuditRequest = { 
/**
 * Which entries.
 */
filter: AuditFilter, 
/**
 * From before this place; none from the newest.
 */
before: string | null, };

/**
 * The whole journal against itself, from its first entry on.
 */
export type VerifyAuditRequest = Record<symbol, never>;

/**
 * A copy of the journal in the folder for files.
 */
export type ExportAuditRequest = { 
/**
 * How it is written.
 */
form: AuditForm, };

/**
 * What somebody is trusted with.
 */
export type Role = "cashier" | "manager";

/**
 * Something done at the till that not everybody may do.
 */
export type Deed = "charge" | "cancel" | "retry" | "sign" | "refund" | "reverse" | "capture" | "record_by_hand" | "close_leftover" | "manage_accounts" | "manage_staff" | "void" | "close_day";

/**
 * Somebody who works here.
 */
export type PersonView = { 
/**
 * Their id.
 */
id: string, 
/**
 * As people call them.
 */
name: string, 
/**
 * What they are trusted with.
 */
role: Role, };

/**
 * The staff, and who is signed in.
 */
export type StaffView = { 
/**
 * Everybody, in the order they were added.
 */
people: Array<PersonView>, 
/**
 * There is a manager, so PINs are asked for.
 */
is_asked: boolean, 
/**
 * Who is signed in.
 */
signed_in: PersonView | null, 
/**
 * Their PIN could not be checked: they sell and withdraw, and nothing else.
 */
is_unchecked: boolean, 
/**
 * After how many minutes without hands the till locks itself; 0 for never.
 */
idle_minutes: number, 
/**
 * Above these, giving money back needs two people.
 */
two_people_above: Array<MoneyView>, };

/**
 * Whether somebody is signed in still.
 */
export type TouchView = { 
/**
 * They are.
 */
signed_in: boolean, };

/**
 * What somebody asked for and may not do alone.
 */
export type ApprovalView = { 
/**
 * What.
 */
deed: Deed, 
/**
 * Of which order; empty where it is of none.
 */
order: string, 
/**
 * How much goes back, where money does.
 */
amount: MoneyView | null, 
/**
 * How many payments are withdrawn together; 0 where none are.
 */
payments: number, 
/**
 * What those amount to, by currency.
 */
sums: Array<MoneyView>, 
/**
 * Who asked.
 */
asked_by: string, 
/**
 * They are a manager: it is the amount that needs a second one.
 */
by_manager: boolean, 
/**
 * Who may approve it.
 */
approvers: Array<PersonView>, };

/**
 * A PIN as typed: it can be read by whoever checks it and by nobody else.
 */
export type PinInput = string;

/**
 * Somebody signs in.
 */
export type SignInRequest = { 
/**
 * Their id.
 */
staff: string, 
/**
 * Their PIN.
 */
pin: PinInput, };

/**
 * Somebody leaves the till.
 */
export type SignOutRequest = { 
/**
 * Nobody touched it for long enough.
 */
idle: boolean, };

/**
 * Nothing to say.
 */
export type StayRequest = Record<symbol, never>;

/**
 * Nothing to say.
 */
export type AskedApprovalRequest = Record<symbol, never>;

/**
 * A word over what somebody else asked for.
 */
export type ApproveRequest = { 
/**
 * Whose word: an id.
 */
staff: string, 
/**
 * Their PIN.
 */
pin: PinInput, 
/**
 * Why, 1 to 200 characters.
 */
reason: string, };

/**
 * Somebody new.
 */
export type AddStaffRequest = { 
/**
 * 1 to 40 characters, nobody else's.
 */
name: string, 
/**
 * What they are trusted with; the first must be a manager.
 */
role: Role, 
/**
 * 4 to 12 digits, a manager's at least 6.
 */
pin: PinInput, };

/**
 * Somebody as they are from now on.
 */
export type ChangeStaffRequest = { 
/**
 * Their id.
 */
staff: string, 
/**
 * 1 to 40 characters, nobody else's.
 */
name: string, 
/**
 * What they are trusted with.
 */
role: Role, 
/**
 * A new PIN; none to keep the one they have.
 */
pin: PinInput | null, };

/**
 * A new PIN.
 */
export type SetPinRequest = { 
/**
 * Whose: an id.
 */
staff: string, 
/**
 * 4 to 12 digits, a manager's at least 6.
 */
pin: PinInput, };

/**
 * A new PIN for whoever is signed in, by themselves.
 */
export type ChangeOwnPinRequest = { 
/**
 * The one they have.
 */
pin: PinInput, 
/**
 * The one they want: 4 to 12 digits, a manager's at least 6.
 */
new_pin: PinInput, 
/**
 * The same once more.
 */
again: PinInput, };

/**
 * Somebody who works here.
 */
export type StaffRequest = { 
/**
 * Their id.
 */
staff: string, };

/**
 * A limit in one currency.
 */
export type LimitInput = { 
/**
 * ISO 4217.
 */
currency: string, 
/**
 * The digits typed, as in [`super::TypeAmountRequest`]; empty for none.
 */
digits: string, };

/**
 * The rules of the staff.
 */
export type ChooseStaffRulesRequest = { 
/**
 * Minutes without hands after which the till locks itself, at most 480; 0 for never.
 */
idle_minutes: number, 
/**
 * Above these, giving money back needs two people; a currency without digits has no limit.
 */
limits: Array<LimitInput>, };

/**
 * See [`payment::Warning`].
 */
export type WarningKind = "unresolved_twin" | "same_order" | "same_amount" | "unusual_ten" | "unusual_hundred";

/**
 * One warning.
 */
export type WarningView = { 
/**
 * The name by which it is gone past.
 */
name: string, 
/**
 * What it is.
 */
kind: WarningKind, 
/**
 * The payment that it is about, where it is about one.
 */
twin: PaymentRowView | null, 
/**
 * What is usual at this till, where it is about the amount.
 */
usual: MoneyView | null, };

/**
 * What speaks against a sale.
 */
export type WarningsView = { 
/**
 * The gravest first.
 */
warnings: Array<WarningView>, };

/**
 * A sale, by somebody who has seen what speaks against it.
 */
export type ChargeAnywayRequest = { 
/**
 * The sale.
 */
charge: StartChargeRequest, 
/**
 * The names of the warnings that were seen, at most 16. What is not among them is told again.
 */
past: Array<string>, };

/**
 * Warnings, to be shown.
 */
export type ShowWarningsRequest = { 
/**
 * Their names, as the refusal had them, at most 16.
 */
warnings: Array<string>, };

/**
 * Another amount for an order whose payment no card has been presented to.
 */
export type ChangeAmountRequest = { 
/**
 * The payment's id.
 */
payment: string, 
/**
 * The digits of the new amount, as in [`super::TypeAmountRequest`].
 */
digits: string, 
/**
 * The names of the warnings that were seen, at most 16.
 */
past: Array<string>, };

/**
 * What somebody has to do about a payment.
 */
export type InboxTask = "not_known" | "contested" | "late" | "paid_before_void" | "giving_back";

/**
 * Which answer is missing.
 */
export type InboxMissing = "create" | "name" | "end" | "amount" | "reading" | "decision";

/**
 * One that waits.
 */
export type InboxItemView = { 
/**
 * The payment.
 */
row: PaymentRowView, 
/**
 * What somebody has to do.
 */
task: InboxTask, 
/**
 * How the customer pays: the sentence goes by it.
 */
channel: Channel, 
/**
 * Which sentence tells how it stands and what the cashier should do.
 */
telling: Telling, 
/**
 * What the sentence needs.
 */
params: { [key in string]: string }, 
/**
 * Which answer is missing.
 */
missing: InboxMissing, 
/**
 * When the till last asked, RFC 3339 in UTC.
 */
tried_at: string | null, 
/**
 * When the provider last answered, RFC 3339 in UTC.
 */
answered_at: string | null, 
/**
 * When the till asks again, RFC 3339 in UTC; none where it does not, or is asking now.
 */
next_try_at: string | null, 
/**
 * Whether somebody may say what the machine shows.
 */
can_witness: boolean, 
/**
 * Whether its system can give it back from here.
 */
can_refund: boolean, 
/**
 * Who wanted it withdrawn, where that was said.
 */
cancel_asked_by: string, 
/**
 * Who decided that it goes back, where somebody did.
 */
decided_by: string, 
/**
 * Why.
 */
reason: string, 
/**
 * When the last thing about it happened, RFC 3339 in UTC.
 */
changed_at: string, };

/**
 * What waits for somebody.
 */
export type InboxView = { 
/**
 * Those that nobody knows about first.
 */
items: Array<InboxItemView>, };

/**
 * Nothing to say.
 */
export type ListInboxRequest = Record<symbol, never>;

/**
 * What is to become of money that came after it was not expected any more.
 */
export type Decision = "keep" | "give_back";

/**
 * What a manager decides about money that was not expected any more.
 */
export type DecideRequest = { 
/**
 * The payment's id.
 */
payment: string, 
/**
 * What.
 */
decision: Decision, 
/**
 * Why, 1 to 200 characters.
 */
reason: string, };

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
view: OverviewView, } | { "kind": "void", 
/**
 * As it is now, without its lines.
 */
head: VoidHeadView, } | { "kind": "practice_terminal", 
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
  charge_anyway: { request: ChargeAnywayRequest; view: PaymentView };
  show_warnings: { request: ShowWarningsRequest; view: WarningsView };
  change_amount: { request: ChangeAmountRequest; view: PaymentView };
  list_inbox: { request: ListInboxRequest; view: InboxView };
  decide_payment: { request: DecideRequest; view: PaymentView };
  start_return: { request: StartReturnRequest; view: PaymentView };
  show_payment: { request: PaymentRequest; view: PaymentView };
  cancel_payment: { request: PaymentRequest; view: PaymentView };
  ask_now: { request: PaymentRequest; view: PaymentView };
  witness_payment: { request: WitnessRequest; view: PaymentView };
  act_payment: { request: ActRequest; view: PaymentView };
  payment_receipts: { request: PaymentRequest; view: ReceiptsView };
  list_payments: { request: ListPaymentsRequest; view: PaymentsView };
  look_elsewhere: { request: LookElsewhereRequest; view: ElsewhereView };
  save_account: { request: SaveAccountRequest; view: AccountView };
  keep_webhook_secret: { request: WebhookSecretRequest; view: AccountView };
  remove_account: { request: AccountRequest; view: OverviewView };
  test_account: { request: AccountRequest; view: AccountTestView };
  account_terminals: { request: AccountRequest; view: AccountTerminalsView };
  list_leftovers: { request: AccountRequest; view: LeftoversView };
  close_leftover: { request: CloseLeftoverRequest; view: LeftoversView };
  plan_void: { request: PlanVoidRequest; view: VoidPlanView };
  start_void: { request: StartVoidRequest; view: VoidView };
  show_void: { request: VoidRequest; view: VoidView };
  list_voids: { request: ListVoidsRequest; view: VoidsView };
  steer_void: { request: SteerVoidRequest; view: VoidHeadView };
  prove_void: { request: ProveVoidRequest; view: FileView };
  choose_void_rules: { request: ChooseVoidRulesRequest; view: OverviewView };
  letter_rules: { request: LetterRulesRequest; view: LetterRulesView };
  choose_letter_rules: { request: ChooseLetterRulesRequest; view: LetterRulesView };
  test_letters: { request: TestLettersRequest; view: LetterTestView };
  payment_letter: { request: PaymentRequest; view: PaymentLetterView };
  send_letter: { request: PaymentRequest; view: PaymentLetterView };
  day_report: { request: DayReportRequest; view: DayView };
  close_day: { request: CloseDayRequest; view: DayView };
  list_days: { request: ListDaysRequest; view: DaysView };
  show_day: { request: DayRequest; view: DayView };
  day_file: { request: DayFileRequest; view: FileView };
  list_audit: { request: ListAuditRequest; view: AuditView };
  verify_audit: { request: VerifyAuditRequest; view: AuditVerdictView };
  export_audit: { request: ExportAuditRequest; view: FileView };
  choose_look: { request: ChooseLookRequest; view: OverviewView };
  name_cashier: { request: NameCashierRequest; view: OverviewView };
  diagnose: { request: DiagnoseRequest; view: DiagnosisView };
  practice_terminal: { request: PracticeTerminalRequest; view: PracticeTerminalView };
  practice_press: { request: PracticePressRequest; view: PracticeTerminalView };
  practice_page: { request: PaymentRequest; view: PracticePageView };
  practice_page_press: { request: PracticePagePressRequest; view: PracticePageView };
  sign_in: { request: SignInRequest; view: StaffView };
  sign_out: { request: SignOutRequest; view: StaffView };
  stay_signed_in: { request: StayRequest; view: TouchView };
  asked_approval: { request: AskedApprovalRequest; view: ApprovalView };
  approve: { request: ApproveRequest; view: ApprovalView };
  add_staff: { request: AddStaffRequest; view: StaffView };
  change_staff: { request: ChangeStaffRequest; view: StaffView };
  set_pin: { request: SetPinRequest; view: StaffView };
  change_own_pin: { request: ChangeOwnPinRequest; view: StaffView };
  remove_staff: { request: StaffRequest; view: StaffView };
  choose_staff_rules: { request: ChooseStaffRulesRequest; view: StaffView };
};

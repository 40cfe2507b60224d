// The sentences about a payment, for the way its customer pays: a link has no terminal to look at
// and no card, and nobody holds a card on file in their hand. Where a way has no words of its own,
// those of every payment hold. Money that goes back has words of its own too.
import type { AuditRowView, Line, PaymentView, Prompt, Telling } from "../views";
import { isSaid, say, sayIfKnown, type TextKey } from "./speak.svelte";

/** The tellings whose `{said}` is what was answered to the last act, not how the payment reads. */
const OF_ACTS: readonly Telling[] = ["refund_refused", "held_refused"];

/** The prompts that a telling says already. */
const TOLD: Partial<Record<Telling, Prompt>> = {
  sending: "on_its_way",
  waiting_declined: "card_declined",
  declined_try_again: "card_declined",
  cancelled_at_terminal: "cancelled_at_terminal",
  terminal_idle: "terminal_idle",
  signature: "signature",
  refund_at_terminal: "refund_waiting",
  refund_refused: "refund_declined",
  refund_unknown: "refund_unconfirmed",
};

/** Which way the money goes, and by what. */
export interface Going {
  readonly channel: PaymentView["channel"];
  /** Something where money goes back without a payment. */
  readonly gives_back: unknown;
}

/** What the words of a way's own are called; nothing for a sale on a card machine. */
function ownWords({ channel, gives_back }: Going): string | null {
  if (channel === "link") return "link";
  if (channel === "card_on_file") return "card";
  return gives_back ? "return" : null;
}

/** A text of a way's own, else the one of every payment. */
function ofWay(going: Going, section: "telling" | "line" | "line_detail", rest: string): string {
  const [stem, part] = section === "line_detail" ? ["line", "_detail"] : [section, ""];
  const own = ownWords(going);
  const path = `${stem}_${own}${part}.${rest}`;
  return own !== null && isSaid(path) ? path : `${section}.${rest}`;
}

/** A part of what is told about a payment now. */
export function tell(payment: PaymentView, part: "title" | "body"): string {
  const { telling, params, act } = payment;
  const said = OF_ACTS.includes(telling) && act?.said ? { ...params, said: act.said } : params;
  return say(ofWay(payment, "telling", `${telling}.${part}`) as TextKey, said);
}

/** What to do about a payment in a list. */
export function tellBody(telling: Telling, params: Readonly<Record<string, string | undefined>>, going: Going): string {
  return say(ofWay(going, "telling", `${telling}.body`) as TextKey, params);
}

/** What the terminal says now; nothing where that is told already, or where nothing goes on there. */
export function tellPrompt({ prompt, telling, channel, open, act }: PaymentView): string {
  const goesOn = open || act?.progress === "under_way";
  return prompt && goesOn && channel === "terminal" && TOLD[telling] !== prompt ? say(`prompt.${prompt}`) : "";
}

/** How what was last asked to be done with it stands; nothing where it is done. */
export function tellAct({ act, telling }: PaymentView): string {
  if (!act || act.progress === "done") return "";
  const what = say(`act.${act.kind}`, { amount: act.amount?.text });
  if (act.progress === "under_way") return say("live.act_under_way", { what });
  if (act.progress === "unknown") return say("live.act_unknown", { what });
  const isToldAbove = act.said === "" || OF_ACTS.includes(telling);
  return isToldAbove ? say("live.act_refused", { what }) : say("live.act_refused_said", { what, said: act.said });
}

/** A line of the timeline. */
export function tellLine({ what, params }: Line, going: Going): string {
  return say(ofWay(going, "line", what) as TextKey, params);
}

/** What goes under a line; nothing where something in it would be blank. */
export function tellDetail({ what, params }: Line, going: Going): string {
  return sayIfKnown(ofWay(going, "line_detail", what), params);
}

/** An entry of the journal: a payment's line in the words of its way, or what happened to the shop. */
export function tellEntry({ line, shop, params, channel, gives_back, deed }: AuditRowView): string {
  if (line !== null) {
    const going = { channel: channel ?? "terminal", gives_back: gives_back ? { reason: "", keyed: false } : null };
    return say(ofWay(going, "line", line) as TextKey, params);
  }
  const what = say(`audit_what.${shop ?? "noted"}`, params);
  return deed === null ? what : `${what}: ${say(`deed.${deed}`)}`;
}

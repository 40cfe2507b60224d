// The sentences about a payment, for the way its customer pays: a link has no terminal to look at
// and no card. Where a link has no words of its own, those of every payment hold.
import type { Channel, Line, PaymentView } from "../views";
import { isSaid, say, sayIfKnown } from "./speak.svelte";

/** A part of what is told about a payment now. */
export function tell({ telling, params, channel }: PaymentView, part: "title" | "body"): string {
  const ofLink = `telling_link.${telling}.${part}`;
  return say(channel === "link" && isSaid(ofLink) ? ofLink : `telling.${telling}.${part}`, params);
}

/** A line of the timeline. */
export function tellLine({ what, params }: Line, channel: Channel): string {
  const ofLink = `line_link.${what}`;
  return say(channel === "link" && isSaid(ofLink) ? ofLink : `line.${what}`, params);
}

/** What goes under a line; nothing where something in it would be blank. */
export function tellDetail({ what, params }: Line, channel: Channel): string {
  const ofLink = `line_link_detail.${what}`;
  return sayIfKnown(channel === "link" && isSaid(ofLink) ? ofLink : `line_detail.${what}`, params);
}

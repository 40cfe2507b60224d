// What the till pushes, to whom it concerns.
import { onNotice, type Notice } from "../bridge";
import { inbox } from "./inbox.svelte";
import { payment } from "./payment.svelte";
import { payments } from "./payments.svelte";
import { practice } from "./practice.svelte";
import { screen } from "./screen.svelte";
import { till } from "./till.svelte";
import { voids } from "./voids.svelte";

/** Hands a notice to the state it changes. */
export function receive(notice: Notice): void {
  switch (notice.kind) {
    case "payment":
      till.untouched = false;
      payment.accept(notice.view);
      return;
    case "overview":
      till.take(notice.view);
      if (screen.name === "payments") void payments.refresh();
      if (screen.name === "inbox") void inbox.refresh();
      return;
    case "void":
      voids.accept(notice.head);
      return;
    case "practice_terminal":
      practice.push(notice.view);
      return;
    case "close_asked":
      screen.askBeforeClosing(notice.open);
      return;
  }
}

/** Hears the till until the returned function is called. */
export function listen(): () => void {
  return onNotice(receive);
}

//! `till practice`: a sale played in the terminal, by the same engine as any other, against the
//! practice store. With a person at the keyboard each move waits for Enter.

use std::time::Duration;

use cli::session::{PRACTICE_ACCOUNT, Session, SessionOptions};
use payment::Actor;
use serde_json::json;
use till::Asked;
use till::api::{
    Code, OverviewRequest, PaymentRequest, PaymentView, PracticeDisplay, PracticePressRequest,
    PracticeTerminalRequest,
};
use tokio::time::sleep;

use super::awaited::Until;
use super::follow::{Followed, Interrupt, Watch};
use super::scenario::{self, Act, Move, Sale, Scenario};
use super::story;
use crate::arguments::{Global, Practice};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, now, wall_clock};

/// The machine of the play: it has a panel and no customer of its own.
const TERMINAL: &str = "PRACTICE-1";

/// How often the terminal is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How long a move waits where nobody presses Enter, so that it can be followed by eye.
const PAUSE: Duration = Duration::from_millis(600);

/// Plays.
pub(crate) async fn run(
    arguments: &Practice,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let Some(scenario) = scenario::find(&arguments.scenario) else {
        return Ok(Exit::Usage);
    };
    let temporary = tempfile::tempdir().map_err(Fault::NoPracticeFolder)?;
    let folder = global.data.as_deref().unwrap_or(temporary.path());
    let session = Session::open(SessionOptions {
        seed: arguments.seed,
        ..SessionOptions::at(folder.to_owned())
    })
    .await?;
    output.tell(scenario.about, &[]);
    let before = session.practice.settings();
    session.practice.set_settings((scenario.settings)());
    session.practice.set_faults((scenario.faults)());
    let played = play_all(&session, scenario, output).await;
    session.practice.set_settings(before);
    session.practice.set_faults(practice::Faults::default());
    let exit = played?;
    if exit == Exit::Done {
        output.say("");
        output.tell("cli.practice_end", &[]);
    }
    Ok(exit)
}

async fn play_all(session: &Session, scenario: &Scenario, output: &Output) -> Result<Exit, Fault> {
    for sale in scenario.sales {
        output.say("");
        let followed = play(session, sale, output).await?;
        if followed.interrupted {
            story::what_next(output, &followed.view);
            return Ok(followed.exit());
        }
        check(session, sale, &followed.view, output)?;
    }
    Ok(Exit::Done)
}

/// Charges. A rehearsal is played as often as one likes: that the amount was charged a moment ago is no
/// reason to stop.
async fn charge(
    session: &Session,
    order: &str,
    amount: &str,
    by: Actor,
) -> Result<PaymentView, Fault> {
    let asked = Asked::Terminal(TERMINAL.to_owned());
    let mut past: Vec<String> = Vec::new();
    loop {
        let till = &session.till;
        let answer = till
            .charge_decimal(order, amount, PRACTICE_ACCOUNT, &asked, by.clone(), &past)
            .await;
        match answer {
            Err(error) if error.code == Code::ChargeWarned && past.is_empty() => {
                let names = error.detail.unwrap_or_default();
                past.extend(names.split_whitespace().map(str::to_owned));
            }
            Ok(_) | Err(_) => return Ok(answer?),
        }
    }
}

/// One sale: the till on one side, hands on the other.
async fn play(session: &Session, sale: &Sale, output: &Output) -> Result<Followed, Fault> {
    let overview = session.till.overview(OverviewRequest {}).await?;
    let watch = Watch::new(session, output);
    let by = Actor::Cashier {
        name: overview.cashier,
    };
    let order = overview.suggested_order;
    let view = charge(session, &order, sale.amount, by).await?;
    story::headline(output, &view);
    let hands = hands(session, view.id.clone(), sale.moves, output);
    let till = watch.until(view, Until::Known, None, Interrupt::CancelFirst);
    tokio::pin!(hands, till);
    let mut are_moving = true;
    loop {
        tokio::select! {
            followed = &mut till => return Ok(followed),
            moved = &mut hands, if are_moving => {
                are_moving = false;
                moved?;
            }
        }
    }
}

async fn hands(
    session: &Session,
    payment: String,
    moves: &[Move],
    output: &Output,
) -> Result<(), Fault> {
    for next in moves {
        while !is_time(session, &payment, next).await? {
            sleep(LOOK).await;
        }
        announce(next, output).await;
        match next.act {
            Act::Press(press) => {
                let terminal = TERMINAL.to_owned();
                let request = PracticePressRequest { terminal, press };
                session.till.practice_press(request).await?;
            }
            Act::Cancel => {
                let payment = payment.clone();
                session
                    .till
                    .cancel_payment(PaymentRequest { payment })
                    .await?;
            }
        }
    }
    Ok(())
}

/// Whether the terminal asks for this move, and the till has said that a card may come.
async fn is_time(session: &Session, payment: &str, next: &Move) -> Result<bool, Fault> {
    let terminal = TERMINAL.to_owned();
    let request = PracticeTerminalRequest { terminal };
    let shown = session.till.practice_terminal(request).await?.display;
    if shown != next.when || shown != PracticeDisplay::PresentCard {
        return Ok(shown == next.when);
    }
    let payment = payment.to_owned();
    let view = session
        .till
        .show_payment(PaymentRequest { payment })
        .await?;
    Ok(view.state == payment::State::Waiting)
}

async fn announce(next: &Move, output: &Output) {
    let words = output.words();
    let (key, what) = match next.act {
        Act::Press(press) => ("cli.customer_does", words.press(press)),
        Act::Cancel => ("cli.cashier_does", words.text("action.cancel").to_owned()),
    };
    let sentence = words.fill(key, &[("what", &what)]);
    if next.is_quick {
        // Said, and done at once.
    } else if output.is_interactive() {
        output.say(&words.fill("cli.press_enter", &[("sentence", &sentence)]));
        enter().await;
        return;
    } else {
        sleep(PAUSE).await;
    }
    output.event("move", json!({ "message": sentence }));
    output.say(&format!("{}  {sentence}", wall_clock(&now())));
}

/// Waits for Enter; the end of the input counts as one.
async fn enter() {
    let line = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    // A keyboard that cannot be read must not stop the play.
    let _ = line.await;
}

/// Holds the till's word against the store's books: the very point of the practice store.
fn check(session: &Session, sale: &Sale, view: &PaymentView, output: &Output) -> Result<(), Fault> {
    if view.state != sale.end {
        let state = |state: payment::State| {
            let key = format!("state.{}", state.name());
            output.words().text(&key).to_owned()
        };
        return Err(Fault::OtherEnd {
            order: view.order.clone(),
            expected: state(sale.end),
            found: state(view.state),
        });
    }
    let ledger = session.practice.ledger();
    let charges = ledger
        .iter()
        .filter(|charge| charge.external_id == view.order)
        .count();
    let expected = usize::from(sale.end.class() == payment::Class::Paid);
    if charges != expected {
        return Err(Fault::LedgerDiffers {
            order: view.order.clone(),
            charges,
        });
    }
    let key = if expected == 1 {
        "cli.charged_once"
    } else {
        "cli.charged_never"
    };
    output.tell(
        key,
        &[("order", &view.order), ("amount", &view.amount.text)],
    );
    Ok(())
}

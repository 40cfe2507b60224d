//! `till webhooks`: events from a tunnel or a relay, each a reading that comes sooner.

use std::net::SocketAddr;

use cli::session::Session;
use payment::Account;
use serde_json::json;
use till::api::Code;
use tokio::net::{TcpListener, lookup_host};

use super::follow::Interrupts;
use crate::arguments::{Global, Webhooks};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, now, wall_clock};
use crate::receiver::{Outcome, Receiver, Said, serve};

/// Receives until Ctrl-C.
pub(crate) async fn run(
    webhooks: &Webhooks,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let address = allowed(&webhooks.listen, webhooks.beyond_this_computer).await?;
    let options = super::options(global)?;
    let folder = options.folder.clone();
    let session = Session::open(options.for_reading()).await?;
    let not_listening = |source| Fault::NotListening { address, source };
    let listener = TcpListener::bind(address).await.map_err(not_listening)?;
    let address = listener.local_addr().map_err(not_listening)?;
    // Before anybody reads that Ctrl-C ends it.
    let mut interrupts = Interrupts::listen();
    let (receiver, mut lines) = Receiver::new(session, &folder);
    tell(output, address, &receiver.listed().await);
    let serving = serve(receiver, listener);
    tokio::pin!(serving);
    loop {
        tokio::select! {
            Some(said) = lines.recv() => say(output, &said),
            () = &mut serving => return Ok(Exit::Done),
            () = interrupts.next() => return Ok(Exit::Done),
        }
    }
}

/// The address, if nobody outside this computer can reach it or somebody said that they may: what comes
/// is not encrypted here, and a tunnel or a relay runs on this computer and reaches loopback.
async fn allowed(text: &str, is_open: bool) -> Result<SocketAddr, Fault> {
    let unknown = || Fault::NotAnAddress {
        text: text.to_owned(),
    };
    let mut addresses = lookup_host(text.trim()).await.map_err(|_| unknown())?;
    let address = addresses.next().ok_or_else(unknown)?;
    if address.ip().is_loopback() || is_open {
        Ok(address)
    } else {
        Err(Fault::BeyondThisComputer { address })
    }
}

fn tell(output: &Output, address: SocketAddr, accounts: &[(Account, Result<bool, Code>)]) {
    let url = format!("http://{address}/webhooks");
    let listed: Vec<_> = accounts
        .iter()
        .map(|(account, secret)| json!({ "id": account.id.as_str(), "has_secret": secret.ok() }))
        .collect();
    output.event("listening", json!({ "url": url, "accounts": listed }));
    output.tell("cli.webhooks_listen", &[]);
    for (account, secret) in accounts {
        let id = account.id.as_str();
        let key = match secret {
            Ok(true) => "cli.webhooks_has_secret",
            Ok(false) => "cli.webhooks_no_secret",
            Err(_) => "cli.webhooks_unsaid_secret",
        };
        let note = output.words().fill(key, &[("id", id)]);
        output.say(&format!("  POST {url}/{id}  {note}"));
    }
    if !accounts.iter().any(|(account, _)| !account.practice) {
        output.tell("cli.webhooks_only_practice", &[]);
    }
    output.tell("cli.webhooks_end", &[]);
}

/// One line an event, with nothing of its body in it.
fn say(output: &Output, said: &Said) {
    let Said { account, outcome } = said;
    let account = account.as_ref().map(payment::AccountId::as_str);
    let payment = outcome.intent().map(payment::IntentId::as_str);
    output.event(
        "webhook",
        json!({
            "outcome": outcome.name(),
            "status": outcome.status().as_u16(),
            "account": account,
            "payment": payment,
        }),
    );
    let sentence = match outcome {
        Outcome::Keychain(code) => output.words().code(*code),
        Outcome::Taken(_)
        | Outcome::Repeated(_)
        | Outcome::Rejected(_)
        | Outcome::UnknownAccount
        | Outcome::NoSecret
        | Outcome::CutOff
        | Outcome::TooSlow
        | Outcome::TooMany
        | Outcome::NotLeft => {
            let payment = payment.unwrap_or_default();
            let id = account.unwrap_or_default();
            let values = [("payment", payment), ("id", id)];
            output.words().fill(outcome.key(), &values)
        }
    };
    let time = wall_clock(&now());
    let account = account.unwrap_or("-");
    let status = outcome.status().as_u16();
    output.say(&format!("{time}  {account}  {status}  {sentence}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn other_computers_are_let_in_only_where_somebody_says_so() {
        for (text, alone, open) in [
            ("127.0.0.1:0", true, true),
            ("[::1]:4200", true, true),
            ("0.0.0.0:4200", false, true),
            ("192.168.1.2:4200", false, true),
            ("127.0.0.1", false, false),
            ("", false, false),
        ] {
            assert_eq!(allowed(text, false).await.is_ok(), alone, "{text:?}");
            assert_eq!(allowed(text, true).await.is_ok(), open, "{text:?}");
        }
    }
}

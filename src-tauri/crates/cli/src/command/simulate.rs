//! `till simulate`: the practice store for any other client on this computer.

use std::net::SocketAddr;

use practice::Practice;
use serde_json::json;
use tokio::net::{TcpListener, lookup_host};

use super::follow::Interrupts;
use crate::arguments::Simulate;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Below the address: the paths by which it is driven from outside.
const CONTROLS: [&str; 10] = [
    "GET  /practice/terminals",
    "POST /practice/terminals/{code}/press",
    "GET  /practice/pages",
    "POST /practice/pages/{id}/press",
    "GET  /practice/links",
    "GET  /practice/ledger",
    "GET  /practice/intents",
    "GET  /practice/requests",
    "POST /practice/faults",
    "POST /practice/settings",
];

/// Serves until Ctrl-C.
pub(crate) async fn run(simulate: &Simulate, output: &Output) -> Result<Exit, Fault> {
    let address = loopback(&simulate.listen).await?;
    let practice = open(simulate)?;
    let not_listening = |source| Fault::NotListening { address, source };
    let listener = TcpListener::bind(address).await.map_err(not_listening)?;
    let address = listener.local_addr().map_err(not_listening)?;
    // Before anybody reads that Ctrl-C ends it.
    let mut interrupts = Interrupts::listen();
    tell(output, &practice, address);
    tokio::select! {
        served = practice::serve(practice, listener) => match served {
            Ok(()) => Ok(Exit::Done),
            Err(_) => Err(Fault::NotLoopback { address }),
        },
        () = interrupts.next() => Ok(Exit::Done),
    }
}

/// The address, if nobody outside this computer can reach it: the store has neither transport
/// security nor a lock on its panel.
async fn loopback(text: &str) -> Result<SocketAddr, Fault> {
    let unknown = || Fault::NotAnAddress {
        text: text.to_owned(),
    };
    let mut addresses = lookup_host(text.trim()).await.map_err(|_| unknown())?;
    let address = addresses.next().ok_or_else(unknown)?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(Fault::NotLoopback { address })
    }
}

fn open(simulate: &Simulate) -> Result<Practice, Fault> {
    let seed = simulate.seed.unwrap_or_else(|| fastrand::u64(..));
    match &simulate.file {
        Some(file) => Practice::open(file, seed, practice::system_clock()).map_err(Fault::NoStore),
        None => Ok(Practice::with_system_clock(seed)),
    }
}

fn tell(output: &Output, practice: &Practice, address: SocketAddr) {
    let base_url = format!("http://{address}/api");
    let one2pays_url = format!("http://{address}/one2pays");
    let terminals = practice.terminals();
    let codes: Vec<&str> = terminals
        .iter()
        .map(|terminal| terminal.code.as_str())
        .collect();
    output.event(
        "listening",
        json!({
            "base_url": base_url,
            "control_url": format!("http://{address}/practice"),
            "key": practice::PRACTICE_KEY,
            "one2pays_url": one2pays_url,
            "one2pays_public_key": providers::PRACTICE_PUBLIC_KEY,
            "one2pays_secret_key": providers::PRACTICE_SECRET_KEY,
            "terminals": codes,
        }),
    );
    output.tell("strip.practice", &[]);
    output.tell("cli.simulate_address", &[("url", &base_url)]);
    output.tell("cli.simulate_key", &[("key", practice::PRACTICE_KEY)]);
    output.tell(
        "cli.simulate_systems",
        &[
            ("url", &one2pays_url),
            ("public", providers::PRACTICE_PUBLIC_KEY),
            ("secret", providers::PRACTICE_SECRET_KEY),
        ],
    );
    output.tell("cli.simulate_terminals", &[]);
    for terminal in &terminals {
        let customer = match terminal.script {
            Some(script) => script.meaning(),
            None => output.words().text("cli.simulate_panel"),
        };
        output.say(&format!("  {:<26}{customer}", terminal.code));
    }
    output.tell("cli.simulate_controls", &[]);
    for control in CONTROLS {
        output.say(&format!("  {control}"));
    }
    output.tell("cli.simulate_end", &[]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_computer_is_listened_on() {
        for (text, is_taken) in [
            ("127.0.0.1:0", true),
            ("127.8.0.1:4100", true),
            ("[::1]:0", true),
            (" 127.0.0.1:0 ", true),
            ("0.0.0.0:4100", false),
            ("[::]:4100", false),
            ("192.168.1.2:4100", false),
            ("127.0.0.1", false),
            ("127.0.0.1:99999", false),
            ("", false),
        ] {
            assert_eq!(loopback(text).await.is_ok(), is_taken, "{text:?}");
        }
    }
}

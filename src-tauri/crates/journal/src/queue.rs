//! The writer's thread and the line in front of it.
//!
//! Whatever waits when the writer becomes free is written in one transaction (group commit): an
//! fsync costs the same for one fact and for a hundred.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SendError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::AppendError;
use crate::health::Trouble;
use crate::log;
use crate::writer::{Answer, Call, LogSize, Writer};

/// At most so many calls share a transaction, so that the first of them does not wait for ever.
const GROUP_CALLS: usize = 256;

/// So long nothing must have come before the log is copied into the file.
const QUIET: Duration = Duration::from_millis(250);

pub(crate) enum Message {
    Append {
        call: Call,
        /// `None`: nobody waits, a refusal goes to the log.
        reply: Option<oneshot::Sender<Answer>>,
    },
    Retry {
        done: oneshot::Sender<()>,
    },
    LimitGrowth {
        pages: u32,
        done: oneshot::Sender<()>,
    },
}

/// Dropping it writes what waits, closes the file and ends the thread.
pub(crate) struct Queue {
    sender: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    pub(crate) fn start(writer: Writer, log: PathBuf) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                prepare(&writer, &log);
                run(writer, &receiver);
            })?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
        })
    }

    /// # Errors
    /// The message, where the writer is lost.
    pub(crate) fn send(&self, message: Message) -> Result<(), SendError<Message>> {
        match &self.sender {
            Some(sender) => sender.send(message),
            None => Err(SendError(message)),
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's writer had panicked");
        }
    }
}

/// Before the first call, so that none has to wait for a log that grows. A till that cannot do it is
/// a slower till.
fn prepare(writer: &Writer, path: &Path) {
    if writer.is_stopped() {
        return;
    }
    match log::lay_out(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::StorageFull => {
            tracing::warn!(%error, "the disk has no room for the journal's log");
        }
        Err(error) => {
            tracing::error!(%error, "the journal's log could not be laid out");
            writer.stop(Trouble::Failing);
        }
    }
}

fn run(mut writer: Writer, receiver: &Receiver<Message>) {
    let mut size = LogSize::Small;
    loop {
        let first = if size == LogSize::Small {
            // No timer while there is nothing to do: an idle till sleeps.
            receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            receiver.recv_timeout(QUIET)
        };
        let mut message = match first {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => {
                writer.copy_log();
                size = LogSize::Small;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        while let Some(next) = message.take() {
            message = serve(&mut writer, next, receiver);
        }
        size = writer.log_size();
        if size == LogSize::TooLarge {
            writer.copy_log();
            size = LogSize::Small;
        }
    }
}

/// Serves a message with what waits behind it; gives back the first that is not part of the group.
fn serve(writer: &mut Writer, first: Message, receiver: &Receiver<Message>) -> Option<Message> {
    let (mut calls, mut replies) = (Vec::new(), Vec::new());
    let mut next = Some(first);
    let mut other = None;
    while let Some(message) = next {
        match message {
            Message::Append { call, reply } => {
                calls.push(call);
                replies.push(reply);
            }
            aside @ (Message::Retry { .. } | Message::LimitGrowth { .. }) => {
                other = Some(aside);
                break;
            }
        }
        next = (calls.len() < GROUP_CALLS)
            .then(|| receiver.try_recv().ok())
            .flatten();
    }
    if calls.is_empty() {
        other
            .take()
            .into_iter()
            .for_each(|aside| serve_aside(writer, aside));
        return None;
    }
    for (answer, reply) in writer.commit(calls).into_iter().zip(replies) {
        match reply {
            // A caller that has gone away has its facts written all the same.
            Some(reply) => {
                let _ = reply.send(answer);
            }
            None => log_refusal(&answer),
        }
    }
    // After the answers: nobody needs to wait for it.
    writer.note_head();
    other
}

fn serve_aside(writer: &mut Writer, message: Message) {
    match message {
        Message::Append { .. } => {}
        Message::Retry { done } => {
            writer.retry();
            let _ = done.send(());
        }
        Message::LimitGrowth { pages, done } => {
            if let Err(error) = writer.limit_growth(pages) {
                tracing::error!(%error, "the journal's growth could not be limited");
            }
            let _ = done.send(());
        }
    }
}

/// A fact that nobody waits for and that was not written must at least be in the log.
pub(crate) fn log_refusal(answer: &Answer) {
    if let Err(error) = answer {
        let reason: &dyn std::error::Error = error;
        tracing::error!(reason, "facts that nobody waits for were not written");
    }
}

/// What a caller is told whose writer is lost: its facts may have been written before.
pub(crate) const LOST: AppendError = AppendError::Unsure { source: None };

//! The end of the trouble.

use practice::{
    DOJO_KEY, LEAN_RAILS_KEY, ONE2PAYS_PUBLIC_KEY, ONE2PAYS_SECRET_KEY, PRACTICE_KEY, Press,
};

use super::play::Play;
use crate::world::Calm;

impl Play {
    pub(super) fn accept(&self, key: &str, secret: &str) {
        let practice = &self.world.practice;
        practice.accept_keys(&[key]);
        practice.accept_one2pays_keys(ONE2PAYS_PUBLIC_KEY, secret);
        let is_right = key == PRACTICE_KEY;
        practice.accept_dojo_key(if is_right { DOJO_KEY } else { key });
        practice.accept_lean_rails_key(if is_right { LEAN_RAILS_KEY } else { key });
    }

    /// The trouble is over: the network is calm, every plug is in, every till runs.
    pub(super) async fn heal(&mut self) {
        self.world.trace.tell("weather", "quiet");
        self.world.net.set_weather(Calm);
        self.accept(PRACTICE_KEY, ONE2PAYS_SECRET_KEY);
        for terminal in &self.plan.terminals {
            for press in [Press::RestoreNetwork, Press::PlugIn] {
                // What was not cut or unplugged refuses, which is as good.
                let _ = self.world.practice.press(terminal, press);
            }
        }
        for tid in &self.plan.machines {
            // One that is plugged in refuses, which is as good.
            let _ = self.world.practice.press(tid, Press::PlugIn);
        }
        for seat in 0..self.plan.tills {
            if self.world.till(seat).is_none() {
                self.start(seat).await;
            }
        }
    }
}

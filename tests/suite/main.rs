//! Scenarios of a whole shop without a window, the storm, and the house's own rules. No scenario
//! opens a socket.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod counter;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod day;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod dojo;
#[cfg(test)]
mod healing;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod links;
mod names;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod sale;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod supply;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod void;
#[cfg(test)]
mod witness;

//! The journal from outside: what it promises, and what it does when it is not left alone.

#[cfg(test)]
mod chain;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod file;
#[cfg(test)]
mod group;
#[cfg(test)]
mod open;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod power;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod search;
#[cfg(test)]
mod story;

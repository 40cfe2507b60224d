//! The journal on a disk that loses its current, its room or its bits: see `tests/README.md`.
//!
//! The journal is the one of every till. Under it lies a file system that writes down what it is
//! asked to do (`vfs`), from which the disk after a power cut is made (`medium`).

#[cfg(test)]
mod cuts;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod flips;
#[cfg(test)]
mod medium;
#[cfg(test)]
mod story;
#[cfg(test)]
mod vfs;

//! The journal from outside: what it promises, and what it does when it is not left alone.

mod facts;
mod orders;
mod story;

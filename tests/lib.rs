//! A whole shop without a window: tills, their journals, the network and the practice store, on a
//! clock that is turned by hand. Scenarios (`suite`) and the seeded storm (`storm`) play in it. The parsers
//! of foreign bytes are under fire in [`fuzz`].
//!
//! Everything real is real: the engine, the journal (in memory), the adapter and the practice
//! store. Only the network between them and the time are played ([`world::Wire`]), so that a seed
//! is one story, told the same way every time.

pub mod fuzz;
pub mod storm;
pub mod trace;
pub mod world;

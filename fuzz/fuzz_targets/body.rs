//! Any bytes as a body. See [`Doors::body`].
#![no_main]

use std::sync::LazyLock;

use fuzz::Doors;
use libfuzzer_sys::fuzz_target;

static DOORS: LazyLock<Doors> = LazyLock::new(Doors::open);

fuzz_target!(|input: &[u8]| {
    DOORS.body(input);
});

//! Writes the error reference to standard output: `cargo run -p model --example errors_md`.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().lock().write_all(model::catalogue::errors_markdown().as_bytes())
}

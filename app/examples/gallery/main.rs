//! Renders every page with made-up data into a folder, with the files that it needs beside it:
//! `cargo run -p app --features ssr --example gallery -- <folder>`. A tool for development.

mod account;
mod billing;
mod data;
mod pages;
mod team;
mod workspace;

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("say into which folder"))?;
    fs::create_dir_all(folder.join("assets"))?;
    fs::create_dir_all(folder.join("sdk"))?;
    for asset in app::assets::all() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.identity)?;
    }
    for (name, html) in pages::all() {
        fs::write(folder.join(name).with_extension("html"), html)?;
    }
    Ok(())
}

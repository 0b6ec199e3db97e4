//! Running other programs: each is echoed as a line one could type, and a failure names it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::{env, wasm};

/// A command in the workspace's folder, without what `cargo run` told this process about itself.
pub fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(env::root()?);
    for name in env::leaks_of_cargo_run() {
        command.env_remove(name);
    }
    Ok(command)
}

/// The cargo that started this process, seeing the WebAssembly if there is any.
///
/// The pages' build script watches that variable: setting it now and then would build them anew.
pub fn cargo() -> Result<Command> {
    let mut command = command("cargo")?;
    if let Some(pkg) = wasm::built()? {
        command.env("TINY_WASM_DIR", pkg);
    }
    Ok(command)
}

/// Runs to the end; an error unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    echo(command);
    let status = command.status().with_context(|| line(command))?;
    check(command, status)
}

/// Runs to the end without a word and gives its standard output; an error unless it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| line(command))?;
    check(command, output.status)?;
    String::from_utf8(output.stdout).with_context(|| line(command))
}

/// Runs to the end, passing its standard output through and showing each line to `on_line`.
pub fn stream(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    echo(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| line(command))?;
    let mut lines = BufReader::new(child.stdout.take().context("its output was not piped")?);
    let mut stdout = std::io::stdout();
    let mut bytes = Vec::new();
    while lines.read_until(b'\n', &mut bytes)? > 0 {
        stdout.write_all(&bytes)?;
        on_line(&String::from_utf8_lossy(&bytes));
        bytes.clear();
    }
    child.wait().with_context(|| line(command))
}

/// Shows the command on standard error, as one would type it.
pub fn echo(command: &Command) {
    eprintln!("$ {}", line(command));
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{status}: {}", line(command));
    }
    Ok(())
}

/// The command as one would type it, with the variables set for it.
fn line(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(value?))));
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted);
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+%^".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::line;

    #[test]
    fn an_echoed_command_can_be_typed_again() {
        let mut command = Command::new("node");
        command.env("A", "1 2").env_remove("B").args(["-e", "it's"]);
        assert_eq!(line(&command), r"A='1 2' node -e 'it'\''s'");
    }
}

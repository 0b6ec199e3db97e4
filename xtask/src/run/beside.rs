//! Two programs beside each other: the fake Stripe, and Tiny once that listens. Signals are for Tiny, which ends in its
//! own time; the fake ends last.
//!
//! Both have process groups of their own: the terminal's interrupt comes here alone and is passed on once, since a second
//! one would cut Tiny's farewell short.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::{Verdict, sh};

/// How the fake says that it can be called.
const LISTENS: &str = "fake-stripe listens on";

/// What happens meanwhile.
#[derive(Debug)]
enum News {
    Signal(i32),
    FakeListens,
    FakeEnded,
    TinyEnded(io::Result<ExitStatus>),
}

/// Runs both until Tiny has ended; what Tiny needs is made ready once the fake is there.
pub(super) fn run(fake: Command, tiny: impl FnOnce() -> Result<Command>) -> Result<Verdict> {
    let (tell, news) = channel();
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("signals cannot be listened to")?;
    let teller = tell.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            // Nobody listens once all is over.
            teller.send(News::Signal(signal)).ok();
        }
    });
    run_with(fake, tiny, tell, &news)
}

fn run_with(
    fake: Command,
    tiny: impl FnOnce() -> Result<Command>,
    tell: Sender<News>,
    news: &Receiver<News>,
) -> Result<Verdict> {
    let mut fake = Fake::start(fake, tell.clone())?;
    match news.recv()? {
        News::FakeListens => {}
        News::FakeEnded => {
            let status = fake.0.wait().context("fake-stripe")?;
            bail!("fake-stripe ended before it listened ({status}): is its port taken?");
        }
        News::Signal(_) | News::TinyEnded(_) => return Ok(Verdict::Bad),
    }
    let mut tiny = tiny()?;
    sh::echo(&tiny);
    let mut tiny =
        tiny.process_group(0).stdin(Stdio::null()).spawn().context("tiny does not start")?;
    let pid = tiny.id();
    thread::spawn(move || tell.send(News::TinyEnded(tiny.wait())).ok());
    let mut is_well = true;
    loop {
        match news.recv()? {
            News::FakeListens => {}
            News::Signal(signal) => pass_on(signal, pid)?,
            News::FakeEnded => {
                eprintln!("fake-stripe has ended, so Tiny is stopped");
                is_well = false;
                pass_on(SIGTERM, pid)?;
            }
            News::TinyEnded(status) => {
                return Ok(Verdict::from_bool(is_well && status.context("tiny")?.success()));
            }
        }
    }
}

/// It holds nothing that is worth a farewell.
struct Fake(Child);

impl Fake {
    fn start(mut command: Command, tell: Sender<News>) -> Result<Self> {
        sh::echo(&command);
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().context("fake-stripe does not start")?;
        let said = child.stdout.take().context("its output was not piped")?;
        thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                println!("{line}");
                if line.starts_with(LISTENS) {
                    tell.send(News::FakeListens).ok();
                }
            }
            tell.send(News::FakeEnded).ok();
        });
        Ok(Self(child))
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A process that has ended meanwhile hears nothing.
fn pass_on(signal: i32, pid: u32) -> Result<()> {
    let (signal, pid) = (signal.to_string(), pid.to_string());
    let mut kill = sh::command("sh")?;
    kill.args(["-c", r#"kill -"$0" "$1""#, &signal, &pid]).stderr(Stdio::null());
    kill.status().context("a signal cannot be passed on")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const LISTENING: &str = "echo fake-stripe listens on http://x; exec sleep 60";

    fn script(text: &str) -> Command {
        let mut sh = Command::new("sh");
        sh.args(["-c", text]);
        sh
    }

    fn run(fake: &str, tiny: &str) -> Result<Verdict> {
        let (tell, news) = channel();
        run_with(script(fake), || Ok(script(tiny)), tell, &news)
    }

    #[test]
    fn the_verdict_is_tiny_s_and_the_fake_ends_with_it() {
        let begun = Instant::now();
        assert_eq!(run(LISTENING, "exit 0").unwrap(), Verdict::Good);
        assert_eq!(run(LISTENING, "exit 3").unwrap(), Verdict::Bad);
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody waited for the fake");
    }

    #[test]
    fn a_fake_that_does_not_listen_is_told_of_and_tiny_is_not_started() {
        let (tell, news) = channel();
        let no_tiny = || panic!("nothing was to be made ready");
        let failed = run_with(script("echo in use; exit 1"), no_tiny, tell, &news);
        let told = failed.unwrap_err().to_string();
        assert!(told.contains("before it listened") && told.contains("exit status: 1"), "{told}");
    }

    #[test]
    fn a_fake_that_ends_ends_tiny() {
        let fake = "echo fake-stripe listens on http://x";
        assert_eq!(
            run(fake, "trap 'exit 0' TERM; while :; do sleep 0.1; done").unwrap(),
            Verdict::Bad
        );
    }

    #[test]
    fn a_signal_is_passed_on_once_and_tiny_s_farewell_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (ready, left) = (folder.path().join("ready"), folder.path().join("left"));
        let tiny = format!(
            "trap 'echo >> {left}; sleep 0.3; exit 0' TERM; touch {ready}; while :; do sleep 0.05; done",
            left = left.display(),
            ready = ready.display(),
        );
        let (tell, news) = channel();
        let teller = tell.clone();
        thread::spawn(move || {
            while !ready.exists() {
                thread::yield_now();
            }
            teller.send(News::Signal(SIGTERM)).ok();
        });
        let verdict = run_with(script(LISTENING), || Ok(script(&tiny)), tell, &news).unwrap();
        assert_eq!(verdict, Verdict::Good);
        assert_eq!(std::fs::read_to_string(left).unwrap(), "\n", "heard once, and to its end");
    }
}

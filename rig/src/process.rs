//! What processes cost, read from `/proc` (proc(5)).

use std::{fs, str::FromStr, time::Duration};

use anyhow::{Context, Result};
pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};

/// CPU time and parent of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    parent: u32,
    /// Clock ticks of its own.
    own: u64,
    /// Clock ticks of children that have ended.
    of_ended_children: u64,
}

/// Memory of a process, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// The most that ever was.
    pub peak: u64,
}

/// CPU time of one process, all its threads together.
pub fn cpu(pid: u32) -> Result<Duration> {
    Ok(as_time(stat(pid)?.own))
}

/// CPU time of a process and its children, those that have ended included.
pub fn cpu_with_children(pid: u32) -> Result<Duration> {
    let parent = stat(pid)?;
    let living: u64 = pids()?
        .filter_map(|child| stat(child).ok())
        .filter(|child| child.parent == pid)
        .map(|child| child.own + child.of_ended_children)
        .sum();
    Ok(as_time(parent.own + parent.of_ended_children + living))
}

/// Memory of one process.
pub fn memory(pid: u32) -> Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes = |name: &str| -> Result<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no memory")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    };
    Ok(Memory { resident: kilobytes("VmRSS:")? << 10, peak: kilobytes("VmHWM:")? << 10 })
}

/// The parent of `pid` if both run the program `name`; `None` when a remote server told its own pid.
#[must_use]
pub fn parent_if_both_are(pid: u32, name: &str) -> Option<u32> {
    let is_named = |pid| {
        fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim_end() == name)
    };
    let parent = stat(pid).ok()?.parent;
    (is_named(pid) && is_named(parent)).then_some(parent)
}

/// Whether this process may do everything.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Sends a process a signal.
pub fn signal(pid: u32, signal: Signal) -> Result<()> {
    let pid = Pid::from_raw(pid.try_into()?).context("no process")?;
    Ok(kill_process(pid, signal)?)
}

/// Whether a process is there and has not ended.
#[must_use]
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// The children of a process that have not been waited for.
pub fn children(pid: u32) -> Result<Vec<u32>> {
    let is_child = |child: &u32| stat(*child).is_ok_and(|stat| stat.parent == pid);
    Ok(pids()?.filter(is_child).collect())
}

/// The port at which a process listens, once it does.
pub fn listening_port(pid: u32) -> Result<Option<u16>> {
    let files = fs::read_dir(format!("/proc/{pid}/fd"))?.flatten();
    let sockets: Vec<String> = files
        .filter_map(|file| fs::read_link(file.path()).ok()?.to_str().map(str::to_owned))
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = fs::read_to_string("/proc/net/tcp")?;
    let mut listening = table.lines().skip(1).filter_map(listener);
    let own = listening.find(|(_, socket)| sockets.iter().any(|own| own == socket));
    Ok(own.map(|(port, _)| port))
}

/// Port and socket of a line of `/proc/net/tcp`, when it is one that listens.
fn listener(line: &str) -> Option<(u16, &str)> {
    const LISTENS: &str = "0A";
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let (_, port) = fields.get(1)?.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    (*fields.get(3)? == LISTENS).then_some((port, *fields.get(9)?))
}

fn pids() -> Result<impl Iterator<Item = u32>> {
    let entries = fs::read_dir("/proc")?.flatten();
    Ok(entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()))
}

fn stat(pid: u32) -> Result<Stat> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    parse(&stat).with_context(|| format!("/proc/{pid}/stat: {stat}"))
}

/// The program's name may hold spaces and parentheses, so what counts begins after the last of them.
fn parse(stat: &str) -> Option<Stat> {
    let (_, rest) = stat.rsplit_once(") ")?;
    // The third field of the manual's table is the first here.
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Stat {
        parent: number(&fields, 4)?,
        own: number::<u64>(&fields, 14)? + number::<u64>(&fields, 15)?,
        of_ended_children: number::<u64>(&fields, 16)? + number::<u64>(&fields, 17)?,
    })
}

fn number<T: FromStr>(fields: &[&str], field_in_manual: usize) -> Option<T> {
    fields.get(field_in_manual - 3)?.parse().ok()
}

fn as_time(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_shift_the_fields() {
        let line = "7 (a) b (c)) S 3 7 7 0 -1 4194560 90 80 0 0 11 12 13 14 20 0 1 0 999";
        let stat = parse(line).unwrap();
        assert_eq!(stat, Stat { parent: 3, own: 23, of_ended_children: 27 });
    }

    #[test]
    fn a_port_is_found_by_the_process_that_listens_at_it() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(listening_port(std::process::id()).unwrap(), Some(port));
    }

    #[test]
    fn this_process_has_a_size_and_a_time() {
        let memory = memory(std::process::id()).unwrap();
        assert!(memory.resident > 0 && memory.peak >= memory.resident);
        assert!(cpu_with_children(std::process::id()).unwrap() >= Duration::ZERO);
    }
}

//! The machine under the numbers: processor, memory, kernel, and how fast its disk syncs.

use std::{
    fs,
    io::Write,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// Processor, cores, memory and kernel in one line.
pub fn describe() -> Result<String> {
    let processor = value_in("/proc/cpuinfo", "model name")?;
    let memory: u64 = value_in("/proc/meminfo", "MemTotal")?.trim_end_matches(" kB").parse()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let cores = thread::available_parallelism()?;
    let (mebibytes, kernel) = (memory >> 10, kernel.trim());
    Ok(format!("{processor}, {cores} cores, {mebibytes} MiB memory, Linux {kernel}"))
}

/// The kind of file system that `folder` is on.
pub fn file_system(folder: &Path) -> Result<String> {
    let folder = folder.canonicalize()?;
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let kind = kind_of_mount(&mounts, &folder).context("a folder on no file system")?;
    Ok(kind.to_owned())
}

/// Of several mounts over a folder the deepest holds it, and of those at the same place the last.
fn kind_of_mount<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((Path::new(fields.next()?), fields.next()?))
    });
    let above = mounts.filter(|(place, _)| folder.starts_with(place));
    above.max_by_key(|(place, _)| place.components().count()).map(|(_, kind)| kind)
}

/// How often a second 4 KiB can be appended to a file in `folder` and synced, one after the other.
pub fn syncs_per_second(folder: &Path) -> Result<f64> {
    let mut file = NamedTempFile::new_in(folder)?;
    let began = Instant::now();
    let mut syncs = 0_u32;
    while began.elapsed() < Duration::from_secs(1) {
        file.write_all(&[b'.'; 4_096])?;
        file.as_file().sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / began.elapsed().as_secs_f64())
}

fn value_in(file: &str, key: &str) -> Result<String> {
    let text = fs::read_to_string(file)?;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) =
        lines.find(|(name, _)| name.trim() == key).with_context(|| format!("{file}: no {key}"))?;
    Ok(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_on_the_deepest_mount_above_it() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tm xfs rw 0 0\n";
        assert_eq!(kind_of_mount(mounts, Path::new("/tmp/x")), Some("tmpfs"));
        assert_eq!(kind_of_mount(mounts, Path::new("/var/tmp")), Some("ext4"));
    }
}

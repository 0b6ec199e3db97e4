//! A disk of our own: an ext4 in a file, mounted over a loop device, whose power can be cut and which can be full.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

/// How often unmounting is tried while processes that were killed still go.
const TRIES: u32 = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// `FS_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: from here on nothing reaches the disk, not even the log that
/// is in memory. Perl, because every Debian has it and a call of ioctl(2) from Rust would be unsafe code.
const CUT: &str = r#"
    use Fcntl;
    sysopen(my $folder, $ARGV[0], O_RDONLY) or die "$ARGV[0]: $!\n";
    my $how = pack("L", 2);
    $| = 1;
    print ".";
    <STDIN>;
    ioctl($folder, 0x8004587d, $how) or die "FS_IOC_SHUTDOWN: $!\n";"#;

/// The file, and where it is mounted.
#[derive(Debug)]
pub struct Disk {
    image: PathBuf,
    folder: PathBuf,
    is_mounted: bool,
}

/// A cut that is prepared.
#[derive(Debug)]
pub struct Cut(Child);

impl Cut {
    /// Cuts the power: what has not been synced is lost.
    pub fn now(mut self) -> Result<()> {
        drop(self.0.stdin.take());
        let output = self.0.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "perl: {}", said.trim());
        Ok(())
    }
}

impl Disk {
    /// An empty one of so many MiB, mounted; its file lies in `home`.
    pub fn make(home: &Path, mebibytes: u64) -> Result<Self> {
        let (image, folder) = (home.join("disk.img"), home.join("disk"));
        File::create(&image)?.set_len(mebibytes << 20)?;
        fs::create_dir(&folder)?;
        // Nothing may be reserved for root or be left to a thread of the kernel, which would write at any time.
        let lazy = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
        let options = ["-q", "-F", "-m", "0", "-E", lazy].map(OsStr::new);
        run("mkfs.ext4", options.into_iter().chain([image.as_os_str()]))?;
        let mut disk = Self { image, folder, is_mounted: false };
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Mounts it; what its log holds is replayed.
    pub fn mount(&mut self) -> Result<()> {
        // The kernel must not sync by itself what the server has not.
        let options = ["-o", "loop,noauto_da_alloc,commit=60"].map(OsStr::new);
        let places = [self.image.as_os_str(), self.folder.as_os_str()];
        run("mount", options.into_iter().chain(places))?;
        self.is_mounted = true;
        Ok(())
    }

    /// Unmounts it, once nobody uses it any more.
    pub fn unmount(&mut self) -> Result<()> {
        for _ in 0..TRIES {
            if run("umount", [self.folder.as_os_str()]).is_ok() {
                self.is_mounted = false;
                return Ok(());
            }
            thread::sleep(BETWEEN_TRIES);
        }
        bail!("{} is still in use", self.folder.display())
    }

    /// Everything for a cut that then takes no time.
    pub fn prepare_cut(&self) -> Result<Cut> {
        let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev());
        let own = device(&self.folder)?;
        let home = self.image.parent().context("a file in no folder")?;
        // Whatever went wrong before, no other disk than this may be shut down.
        ensure!(own != device(Path::new("/"))? && own != device(home)?, "not a disk of its own");
        let mut perl = Command::new("perl");
        perl.args(["-e", CUT]).arg(&self.folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut perl = perl.stderr(Stdio::piped()).spawn().context("perl")?;
        // Until it says that it has opened the folder.
        let out = perl.stdout.as_mut().context("its output was not piped")?;
        ensure!(out.read(&mut [0])? == 1, "perl cannot open {}", self.folder.display());
        Ok(Cut(perl))
    }

    /// A file that takes all the room there is.
    pub fn fill(&self) -> Result<()> {
        let mut filler = File::create(self.filler())?;
        for bytes in [1 << 20, 4 << 10] {
            let piece = vec![b'.'; bytes];
            while filler.write_all(&piece).is_ok() {}
        }
        Ok(())
    }

    /// Gives the room back.
    pub fn clear(&self) -> Result<()> {
        Ok(fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted
            && let Err(error) = self.unmount()
        {
            eprintln!("{error:#}");
        }
    }
}

/// Why no disk can be made here, if that is so.
pub fn obstacle(home: &Path) -> Option<String> {
    if !rig::process::is_root() {
        return Some("this needs root: it mounts a disk of its own".to_owned());
    }
    let try_it = || {
        let home = tempfile::tempdir_in(home)?;
        // The smallest that mkfs gives a log.
        Disk::make(home.path(), 8)?.unmount()
    };
    try_it().err().map(|error: anyhow::Error| format!("{error:#}"))
}

const OWN_MOUNTS: [&str; 3] = ["--mount", "--propagation", "private"];

/// Whether what is mounted can be kept from everybody else.
pub fn can_have_own_mounts() -> bool {
    rig::process::is_root()
        && run("unshare", OWN_MOUNTS.into_iter().chain(["true"]).map(OsStr::new)).is_ok()
}

/// Runs the same program again where nobody else sees what it mounts, and where all of it goes with its end.
pub fn run_with_own_mounts() -> Result<bool> {
    let mut unshare = Command::new("unshare");
    unshare.args(OWN_MOUNTS).arg(std::env::current_exe()?);
    unshare.args(std::env::args_os().skip(1)).arg("--own-mounts");
    Ok(unshare.status().context("unshare")?.success())
}

fn run<'a>(program: &str, words: impl IntoIterator<Item = &'a OsStr>) -> Result<()> {
    let output = Command::new(program).args(words).output().with_context(|| program.to_owned())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program}: {}", said.trim());
    Ok(())
}

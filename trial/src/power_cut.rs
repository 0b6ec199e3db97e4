//! `trial power-cut`: the disk under the database loses power under load, and what was acknowledged must be on it.
//!
//! The database lies on an ext4 of its own, which is shut down without its log: whatever was not synced is gone, as
//! with a real cut. The journal is kept in this process, outside. Rounds are shorter than the time after which the
//! kernel writes by itself, and `--prove` shows that a server that does not sync is found out.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rig::{
    database::{Database, Engine},
    premises,
    server::Server,
};
use tokio::time::sleep;

use crate::{
    arena::{Arena, Verdict},
    args::PowerCut,
    cluster::Cluster,
    dice::Dice,
    disk::Disk,
    log,
    report::Report,
};

const DISK_MEBIBYTES: u64 = 512;
/// When the power goes, in milliseconds from the beginning of the load.
const CUT_AFTER_MS: (u64, u64) = (300, 2_500);
/// How long the server goes on without a disk: what it acknowledges then is a lie.
const KILLED_AFTER_MS: (u64, u64) = (0, 150);
/// Load of the proof.
const PROOF_MS: u64 = 2_000;

/// Swallows every sync, and says that it went well.
const NO_SYNCS: [&str; 10] = [
    "strace",
    "-D",
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    "trace=fsync,fdatasync",
    "--inject=fsync,fdatasync:retval=0",
];

/// Runs and prints everything; whether nothing was wrong.
pub async fn run(mut args: PowerCut) -> Result<bool> {
    let seed = args.common.seed();
    let target = &args.common.target;
    let engines =
        target.engines_where(args.common.postgres_bin.is_some(), "--postgres-bin FOLDER")?;
    println!("command     {}", target.command_line());
    println!(
        "disk        ext4 of {DISK_MEBIBYTES} MiB over a loop device, shut down with its log in memory"
    );
    if args.prove {
        return prove(&args, &engines, seed).await;
    }
    println!(
        "trial       {} rounds, each over what the one before has left; the power goes {} to {} ms after {} \
         connections begin to send, and the server is killed up to {} ms later; seed {seed}",
        args.rounds, CUT_AFTER_MS.0, CUT_AFTER_MS.1, target.connections, KILLED_AFTER_MS.1
    );
    let mut report = Report::default();
    for engine in engines {
        let verdict = play(&args, engine, seed).await;
        report.add(engine, verdict.with_context(|| engine.to_string())?);
    }
    Ok(report.print())
}

/// What stands on the disk.
struct Site<'a> {
    arena: Arena<'a>,
    cluster: Option<Cluster>,
    // Last, so that it is unmounted when the others have gone.
    disk: Disk,
}

async fn play(args: &PowerCut, engine: Engine, seed: u64) -> Result<Verdict> {
    let home = premises::home(&args.common.target)?;
    let mut site = Site::make(args, engine, home.path(), seed).await?;
    for round in 0..args.rounds {
        let server = site.arena.start().await?;
        if round > 0 {
            site.arena.examine(&server).await?;
        }
        let mut dice = Dice::of(seed, &[round]);
        let load = dice.between(CUT_AFTER_MS.0, CUT_AFTER_MS.1);
        let rest = dice.between(KILLED_AFTER_MS.0, KILLED_AFTER_MS.1);
        site.load_and_cut(args, server, load, rest).await?;
        site.restart(&[]).await?;
        site.arena.verdict.rounds += 1;
    }
    let server = site.arena.start().await?;
    site.arena.examine(&server).await?;
    server.stop().await?;
    site.arena.close().await
}

/// Whether acknowledged events are lost when nothing is synced, with each engine.
async fn prove(args: &PowerCut, engines: &[Engine], seed: u64) -> Result<bool> {
    let mut is_proven = true;
    for &engine in engines {
        let home = premises::home(&args.common.target)?;
        let mut site = Site::make(args, engine, home.path(), seed).await?;
        // What is there before is on the disk, so that a server can start afterwards.
        site.arena.start().await?.stop().await?;
        if let Some(cluster) = &mut site.cluster {
            cluster.stop(rig::process::Signal::INT).await?;
            cluster.start(&["fsync=off"]).await?;
        } else {
            site.arena.under = NO_SYNCS.map(str::to_owned).to_vec();
        }
        let server = site.arena.start().await?;
        site.load_and_cut(args, server, PROOF_MS, 0).await?;
        site.arena.under.clear();
        let accepted = site.arena.journal().sums.accepted;
        ensure!(accepted > 0, "{engine}: nothing was acknowledged");
        let found = async {
            site.restart(&[]).await?;
            let server = site.arena.start().await?;
            let found = site.arena.compare().await;
            server.kill()?;
            found
        };
        let said = match found.await {
            Ok(found) if found.lost > 0 => {
                format!("{} of {accepted} acknowledged events are lost", found.lost)
            }
            Ok(_) => {
                is_proven = false;
                format!("NOT SEEN: all {accepted} acknowledged events are there")
            }
            Err(error) => format!("nothing is left to start from: {error:#}"),
        };
        println!("{engine} without syncs: {said}");
    }
    println!("trial: {} passed, {} failed", u8::from(is_proven), u8::from(!is_proven));
    Ok(is_proven)
}

impl<'a> Site<'a> {
    async fn make(
        args: &'a PowerCut,
        engine: Engine,
        home: &std::path::Path,
        seed: u64,
    ) -> Result<Self> {
        let disk = Disk::make(home, DISK_MEBIBYTES)?;
        let mut cluster = None;
        if engine == Engine::Postgres {
            let bin = args.common.postgres_bin.as_deref();
            cluster.insert(Cluster::make(bin, disk.folder(), home)?).start(&[]).await?;
        }
        let server = cluster.as_ref().map(Cluster::url);
        let database = Database::fresh(engine, disk.folder(), server).await?;
        let mut arena = Arena::new(&args.common.target.tiny, database, disk.folder(), seed);
        arena.log = home.join("server.log");
        arena.expected_log = log::POWER_GOES;
        Ok(Self { arena, cluster, disk })
    }

    /// Lets visitors send for `load` ms, cuts the power, and kills everything `rest` ms later.
    async fn load_and_cut(
        &mut self,
        args: &PowerCut,
        server: Server,
        load: u64,
        rest: u64,
    ) -> Result<()> {
        let stage = self.arena.stage(&server)?;
        let visitors = stage.fill(args.common.target.connections.into());
        let cut = self.disk.prepare_cut()?;
        sleep(Duration::from_millis(load)).await;
        stage.note_cut();
        cut.now()?;
        sleep(Duration::from_millis(rest)).await;
        server.kill()?;
        if let Some(cluster) = &mut self.cluster {
            cluster.kill().await?;
        }
        stage.end();
        visitors.join_all().await;
        Ok(())
    }

    /// The power is back.
    async fn restart(&mut self, settings: &[&str]) -> Result<()> {
        self.disk.unmount()?;
        self.disk.mount()?;
        if let Some(cluster) = &mut self.cluster {
            cluster.start(settings).await?;
        }
        Ok(())
    }
}

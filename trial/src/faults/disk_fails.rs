//! The disk is full, or its writes and syncs fail now and then.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use rig::{
    database::{Database, Engine},
    premises,
    server::Server,
};
use tokio::time::sleep;

use super::{Bout, LOAD, close, kill_and_examine};
use crate::{arena::Arena, args::Faults, cluster::Cluster, disk::Disk, log, report::Report};

/// So small that it is soon full, and so large that the load alone does not fill it.
const DISK_MEBIBYTES: u64 = 256;

/// What is made to fail, as strace is told it: from which call of each thread on, and how often.
const ERRORS: [(&str, &str); 4] = [
    ("a sync that fails with EIO", "fsync,fdatasync:error=EIO:when=60..64"),
    ("every 40th sync fails with EIO", "fsync,fdatasync:error=EIO:when=40+40"),
    ("writes that fail with ENOSPC", "pwrite64:error=ENOSPC:when=900..930"),
    ("every 500th write fails with EIO", "pwrite64:error=EIO:when=500+500"),
];

/// Every sync of the database's file fails, and none of its log.
const FILE_IS_NOT_SYNCED: &str = "inject=fsync,fdatasync:error=EIO";
/// So soon the log is long enough to be moved.
const MOVED_WITHIN: Duration = Duration::from_mins(1);

/// The disk of the database is filled under load, and emptied again.
pub async fn full(args: &Faults, seed: u64, report: &mut Report) -> Result<()> {
    let target = &args.common.target;
    let engines =
        target.engines_where(args.common.postgres_bin.is_some(), "--postgres-bin FOLDER")?;
    for engine in engines {
        let home = premises::home(target)?;
        let disk = Disk::make(home.path(), DISK_MEBIBYTES)?;
        let mut cluster = None;
        if engine == Engine::Postgres {
            let bin = args.common.postgres_bin.as_deref();
            cluster.insert(Cluster::make(bin, disk.folder(), home.path())?).start(&[]).await?;
        }
        let server = cluster.as_ref().map(Cluster::url);
        let database = Database::fresh(engine, disk.folder(), server).await?;
        let mut arena = Arena::new(&target.tiny, database, disk.folder(), seed);
        arena.log = home.path().join("server.log");
        arena.expected_log = log::STORAGE_FAILS;
        let went = fill(args, &mut arena, &disk, cluster.as_mut()).await;
        let verdict = close(arena, &format!("{engine}: a full disk"), went).await?;
        report.add(engine, verdict);
        drop(cluster);
    }
    Ok(())
}

async fn fill(
    args: &Faults,
    arena: &mut Arena<'_>,
    disk: &Disk,
    cluster: Option<&mut Cluster>,
) -> Result<String> {
    let server = arena.start().await?;
    let bout = Bout::begin(args, arena, &server).await?;
    disk.fill()?;
    bout.wait_for_refusals().await?;
    sleep(LOAD).await;
    let before = bout.accepted();
    sleep(LOAD).await;
    let stored = bout.accepted() - before;
    disk.clear()?;
    let has_ended = match cluster {
        Some(cluster) => cluster.revive().await?,
        None => false,
    };
    let back = bout.wait_for_recovery().await?;
    bout.end().await;
    arena.examine(&server).await?;
    kill_and_examine(arena, server).await?;
    let ended = if has_ended { " and PostgreSQL, which had ended, was started" } else { "" };
    Ok(format!(
        "{stored} events were stored in {} ms while it was full; back {} ms after there was room{ended}",
        LOAD.as_millis(),
        back.as_millis()
    ))
}

/// Single calls of the server fail.
pub async fn errors(args: &Faults, seed: u64, report: &mut Report) -> Result<()> {
    let target = &args.common.target;
    for (name, inject) in ERRORS {
        let home = premises::home(target)?;
        let database = Database::fresh(Engine::Sqlite, home.path(), None).await?;
        let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
        arena.expected_log = log::STORAGE_FAILS;
        let went = fail(args, &mut arena, home.path(), inject).await;
        let verdict = close(arena, &format!("SQLite: {name}"), went).await?;
        report.add(Engine::Sqlite, verdict);
    }
    Ok(())
}

/// The file of the database cannot be synced: the server ends, and the next one knows all that was acknowledged.
pub async fn unsynced(args: &Faults, seed: u64, report: &mut Report) -> Result<()> {
    let target = &args.common.target;
    let home = premises::home(target)?;
    let database = Database::fresh(Engine::Sqlite, home.path(), None).await?;
    let file = database.url().trim_start_matches("sqlite:").to_owned();
    let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
    arena.expected_log = log::STORAGE_FAILS;
    let went = end_unsynced(args, &mut arena, &file).await;
    let verdict = close(arena, "SQLite: no sync of the file", went).await?;
    report.add(Engine::Sqlite, verdict);
    Ok(())
}

async fn end_unsynced(args: &Faults, arena: &mut Arena<'_>, file: &str) -> Result<String> {
    arena.start().await?.stop().await?;
    let words =
        ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-P", file, "-e", FILE_IS_NOT_SYNCED];
    arena.under = words.map(str::to_owned).to_vec();
    let mut server = arena.start().await?;
    let bout = Bout::begin(args, arena, &server).await?;
    let ended = server.ended_within(MOVED_WITHIN).await?;
    let status = ended.context("the server goes on, though its file cannot be synced")?;
    ensure!(status.code() == Some(1), "the server ended with {status}");
    bout.end().await;
    kill_and_examine(arena, server).await?;
    Ok("the server ended with status 1".to_owned())
}

async fn fail(args: &Faults, arena: &mut Arena<'_>, home: &Path, inject: &str) -> Result<String> {
    // All that is needed is made before, so that no fault hits it.
    arena.start().await?.stop().await?;
    let calls = home.join("calls");
    let call = inject.split(':').next().context("no call")?;
    let file = calls.display().to_string();
    let (trace, inject) = (format!("trace={call}"), format!("inject={inject}"));
    let words =
        ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", &file, "-e", &trace, "-e", &inject];
    arena.under = words.map(str::to_owned).to_vec();
    let mut server: Server = arena.start().await?;
    let bout = Bout::begin(args, arena, &server).await?;
    let mut injected = 0;
    for _ in 0..30 {
        sleep(LOAD).await;
        let calls = std::fs::read_to_string(&calls).unwrap_or_default();
        injected = calls.lines().filter(|line| line.ends_with("(INJECTED)")).count();
        if injected > 2 {
            break;
        }
    }
    ensure!(injected > 0, "no call failed: the load was too small");
    let back = bout.wait_for_recovery().await;
    // Its calls fail to the end, so that only the next server can be looked at.
    bout.end().await;
    let ended = server.ended_within(Duration::ZERO).await?;
    let told = match back {
        Ok(back) => format!("events were stored again within {} ms", back.as_millis()),
        // It was a sync of the file that failed.
        Err(_) if ended.is_some_and(|status| status.code() == Some(1)) => {
            "the server ended with status 1".to_owned()
        }
        Err(fault) => return Err(fault),
    };
    kill_and_examine(arena, server).await?;
    Ok(format!("{injected} calls failed; {told}"))
}

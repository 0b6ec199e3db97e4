//! The count over a database.

use db::{Engine, on_db};
use futures_util::future::join_all;
use testkit::Log;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::*;

const LEASES: &str = "SELECT COUNT(*) FROM rate_leases";
const LOCK: &str = "LOCK TABLE rate_leases";
const DROP: &str = "DROP TABLE rate_leases";

fn source() -> SourceId {
    SourceId::from(Uuid::from_u128(1))
}

async fn let_in(rate: &Rate, requests: i64, limit: i64, at: i64) -> i64 {
    let mut all = 0;
    for _ in 0..requests {
        all += i64::from(rate.count(source(), limit, UnixMs(at)).await.is_ok());
    }
    all
}

async fn leases(db: &Db) -> i64 {
    let (count,): (i64,) =
        on_db!(db.read(), c => sqlx::query_as(LEASES).fetch_one(c).await).unwrap();
    count
}

#[tokio::test]
async fn a_minute_holds_exactly_the_limit_and_the_next_one_begins_anew() {
    let rate = Rate::with(None);
    let counted = async |at| rate.count(source(), 2, UnixMs(at)).await;
    assert_eq!(counted(60_000).await, Ok(()));
    assert_eq!(counted(119_000).await, Ok(()));
    assert_eq!(counted(119_001).await, Err(1));
    assert_eq!(counted(61_000).await, Err(59));
    assert_eq!(counted(120_000).await, Ok(()));
}

#[tokio::test]
async fn a_request_that_is_counted_late_opens_no_minute_again() {
    let rate = Rate::with(None);
    let counted = async |minute: i64| rate.count(source(), 1, UnixMs(minute * MINUTE_MS)).await;
    assert!(counted(19).await.is_ok() && counted(20).await.is_ok());
    for late in [19, 18, 5] {
        assert!(counted(late).await.is_err() && counted(20).await.is_err(), "{late}");
    }
    let minute_ago = Instant::now().checked_sub(NOBODY_IS_LATER).unwrap();
    rate.minute.lock().unwrap().last = minute_ago;
    assert!(counted(20).await.is_err() && counted(18).await.is_err(), "somebody has just come");
    rate.minute.lock().unwrap().last = minute_ago;
    assert!(counted(18).await.is_ok(), "a clock that was set back");
}

testkit::both! {
    async fn processes_that_share_let_in_the_limit_together(db: Db) {
        let processes: Vec<_> = (0..3).map(|_| Rate::with(Some(db.clone()))).collect();
        for minute in 0..2 {
            let at = minute * MINUTE_MS;
            let counts = processes.iter().map(|rate| let_in(rate, 200, 300, at));
            let counts = join_all(counts).await;
            // One that has sent all it wants keeps the rest of its slice, of six at most.
            assert!((288..=300).contains(&counts.iter().sum::<i64>()), "{counts:?}");
        }
        let raised = let_in(&processes[0], 100, 350, MINUTE_MS).await;
        assert!((40..=50).contains(&raised), "{raised} of 50 more");
    }

    async fn many_at_once_wait_for_one_question_and_get_what_is_theirs(db: Db) {
        let rate = Rate::with(Some(db));
        let counts = join_all((0..100).map(|_| let_in(&rate, 1, 60, 0))).await;
        assert_eq!(counts.iter().sum::<i64>(), 60);
    }

    async fn without_the_ledger_nobody_is_refused_and_it_is_said_once(db: Db) {
        let (log, _listening) = Log::listen();
        let rate = Rate::with(Some(db.clone()));
        assert_eq!(let_in(&rate, 10, 100, 0).await, 10);
        let mut tx = db.begin().await.unwrap();
        on_db!(tx.conn().unwrap(), c => sqlx::query(DROP).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(let_in(&rate, 90, 100, 0).await, 90);
        assert_eq!(let_in(&rate, 10, 100, 0).await, 0);
        let said = log.text();
        assert_eq!(said.matches("are counted by this process alone").count(), 1, "{said}");
    }

    async fn a_ledger_that_hangs_keeps_one_question_waiting_and_is_found_again(db: Db) {
        let (log, _listening) = Log::listen();
        let rate = Rate::with(Some(db.clone()));
        assert_eq!(let_in(&rate, 1, 100, 0).await, 1);
        let mut lock = db.begin().await.unwrap();
        if let Engine::Postgres(c) = lock.conn().unwrap() {
            sqlx::query(LOCK).execute(c).await.unwrap();
        }
        // One after the other: each would wait for two seconds of its own.
        let all = timeout(Duration::from_secs(10), let_in(&rate, 60, 100, 0)).await;
        assert_eq!(all.expect("nobody waits for a ledger that is away"), 60);
        drop(lock);
        let again = "are counted together with other processes again";
        for minute in 1..500 {
            if log.text().contains(again) {
                break;
            }
            // Each minute begins with a question.
            assert_eq!(let_in(&rate, 1, 100, minute * MINUTE_MS).await, 1);
            sleep(Duration::from_millis(20)).await;
        }
        let said = log.text();
        assert_eq!(said.matches(again).count(), 1, "{said}");
        assert_eq!(said.matches("are counted by this process alone").count(), 1, "{said}");
    }

    async fn leases_of_minutes_that_are_over_are_removed(db: Db) {
        let rate = Rate::with(Some(db.clone()));
        let now = db.now();
        let_in(&rate, 1, 100, now.0 - 11 * MINUTE_MS).await;
        let_in(&rate, 1, 100, now.0).await;
        assert_eq!((leases(&db).await, forget_old_leases(&db).await.unwrap()), (2, 1));
        assert_eq!((leases(&db).await, forget_old_leases(&db).await.unwrap()), (1, 0));
    }
}

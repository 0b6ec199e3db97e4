//! The count over a database.

use db::on_db;
use futures_util::future::join_all;
use testkit::Log;
use uuid::Uuid;

use super::*;

const LEASES: &str = "SELECT COUNT(*) FROM rate_leases";
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
    let counted = async |at| rate.count(source(), 1, UnixMs(at)).await.is_ok();
    assert!(counted(119_999).await && counted(120_000).await);
    assert!(!counted(119_999).await && !counted(120_000).await);
    assert!(counted(20_000).await, "a clock that was set back");
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

    async fn leases_of_minutes_that_are_over_are_removed(db: Db) {
        let rate = Rate::with(Some(db.clone()));
        let now = db.now();
        let_in(&rate, 1, 100, now.0 - 11 * MINUTE_MS).await;
        let_in(&rate, 1, 100, now.0).await;
        assert_eq!((leases(&db).await, forget_old_leases(&db).await.unwrap()), (2, 1));
        assert_eq!((leases(&db).await, forget_old_leases(&db).await.unwrap()), (1, 0));
    }
}

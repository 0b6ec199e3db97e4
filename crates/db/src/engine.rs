//! The two engines behind one name.

use model::UnixMs;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};
use uuid::Uuid;

use crate::{
    Chance, Clock, Result,
    lane::{Lane, Turn},
    wal::Wal,
};

/// One of two: the SQLite thing or the PostgreSQL thing.
#[derive(Debug, Clone)]
pub enum Engine<S, P> {
    /// SQLite's.
    Sqlite(S),
    /// PostgreSQL's.
    Postgres(P),
}

/// The connections.
pub type Pools = Engine<SqlitePools, PostgresPools>;

/// SQLite's connections.
#[derive(Debug, Clone)]
pub struct SqlitePools {
    /// SQLite has one writer at a time, so let it wait in our queue and not in its lock.
    pub write: Lane<Sqlite>,
    /// As many as may read at a time.
    pub read: SqlitePool,
    /// A few more, see [`Db::apart`].
    pub apart: SqlitePool,
    /// What keeps the log short.
    pub wal: Wal,
}

/// PostgreSQL's connections.
#[derive(Debug, Clone)]
pub struct PostgresPools {
    /// The connection of the one task that writes all the time.
    pub lane: Lane<Postgres>,
    /// For everyone else.
    pub pool: PgPool,
    /// A few more, see [`Db::apart`].
    pub apart: PgPool,
}

/// A connection inside a transaction.
pub type Conn<'a> = Engine<&'a mut SqliteConnection, &'a mut PgConnection>;

/// A transaction that may write. Dropped without [`Tx::commit`], it changes nothing.
#[derive(Debug)]
pub struct Tx(Engine<Turn<Sqlite>, PostgresTx>);

#[derive(Debug)]
enum PostgresTx {
    Lane(Turn<Postgres>),
    Pool(Transaction<'static, Postgres>),
}

impl Tx {
    /// The connection to run a statement on.
    pub fn conn(&mut self) -> Result<Conn<'_>> {
        Ok(match &mut self.0 {
            Engine::Sqlite(turn) => Engine::Sqlite(turn.connection()?),
            Engine::Postgres(PostgresTx::Lane(turn)) => Engine::Postgres(turn.connection()?),
            Engine::Postgres(PostgresTx::Pool(tx)) => Engine::Postgres(tx),
        })
    }

    /// Makes the changes last: when this returns, they are on disk.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Engine::Sqlite(turn) => turn.commit().await,
            Engine::Postgres(PostgresTx::Lane(turn)) => turn.commit().await,
            Engine::Postgres(PostgresTx::Pool(tx)) => Ok(tx.commit().await?),
        }
    }
}

/// The database, with the clock and the dice that its rows are made with.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    clock: Clock,
    chance: Chance,
}

impl Db {
    /// Puts the three together.
    #[must_use]
    pub const fn new(pools: Pools, clock: Clock, chance: Chance) -> Self {
        Self { pools, clock, chance }
    }

    /// The connections themselves, for what concerns one engine only.
    #[must_use]
    pub const fn pools(&self) -> &Pools {
        &self.pools
    }

    /// Whether several processes may serve it. One of SQLite is served by one process only.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.pools, Engine::Postgres(_))
    }

    /// The same database by a few connections apart: for short statements that must not wait for a connection which
    /// somebody holds who reads for long.
    #[must_use]
    pub fn apart(&self) -> Self {
        let pools = match self.pools.clone() {
            Engine::Sqlite(pools) => {
                Engine::Sqlite(SqlitePools { read: pools.apart.clone(), ..pools })
            }
            Engine::Postgres(pools) => {
                Engine::Postgres(PostgresPools { pool: pools.apart.clone(), ..pools })
            }
        };
        Self { pools, ..self.clone() }
    }

    /// Connections for reading; each statement stands alone.
    #[must_use]
    pub const fn read(&self) -> Engine<&SqlitePool, &PgPool> {
        match &self.pools {
            Engine::Sqlite(pools) => Engine::Sqlite(&pools.read),
            Engine::Postgres(pools) => Engine::Postgres(&pools.pool),
        }
    }

    /// Begins a transaction that may write. On SQLite it holds the write lock from the start, so it never
    /// has to be repeated.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &self.pools {
            Engine::Sqlite(pools) => Engine::Sqlite(pools.write.begin().await?),
            Engine::Postgres(pools) => {
                Engine::Postgres(PostgresTx::Pool(pools.pool.begin().await?))
            }
        }))
    }

    /// The same for the one task that writes all the time: it has a connection of its own where the engine
    /// lets several write, and its turn among the others where there is one writer.
    pub async fn begin_often(&self) -> Result<Tx> {
        Ok(Tx(match &self.pools {
            Engine::Sqlite(pools) => Engine::Sqlite(pools.write.begin().await?),
            Engine::Postgres(pools) => {
                Engine::Postgres(PostgresTx::Lane(pools.lane.begin().await?))
            }
        }))
    }

    /// Closes the connection of [`Self::begin_often`], if it has one of its own. It belongs to the runtime on which it was
    /// opened, so that is to be done there.
    pub async fn end_often(&self) {
        if let Engine::Postgres(pools) = &self.pools {
            pools.lane.close().await;
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// The clock itself.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The dice themselves.
    #[must_use]
    pub const fn chance(&self) -> &Chance {
        &self.chance
    }

    /// A new id of the present moment.
    #[must_use]
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.chance.uuid_v7(self.now()))
    }

    /// Waits until what is under way is done, then closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Engine::Sqlite(pools) => {
                pools.read.close().await;
                pools.apart.close().await;
                pools.wal.close().await;
                pools.write.close().await;
            }
            Engine::Postgres(pools) => {
                pools.pool.close().await;
                pools.apart.close().await;
                pools.lane.close().await;
            }
        }
    }
}

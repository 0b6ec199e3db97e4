//! Both engines have the same tables, columns, indexes and foreign keys, and both are opened as they must be.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use std::{collections::BTreeMap, fs, path::Path};

use db::{Clock, Engine, Settings, on_db};
use testkit::TestDb;

type Schema = BTreeMap<String, Vec<(String, bool)>>;

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, c.\"notnull\" <> 0
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
// What is said of a table holds for its partitions.
const POSTGRES_COLUMNS: &str = "SELECT t.relname::TEXT, a.attname::TEXT, a.attnotnull
    FROM pg_attribute AS a
    JOIN pg_class AS t ON t.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND t.relkind IN ('r', 'p') AND NOT t.relispartition
        AND a.attnum > 0 AND NOT a.attisdropped AND t.relname NOT LIKE '\\_sqlx%'";
const SQLITE_INDEXES: &str = "SELECT t.name, i.name || ' ' || c.name, i.\"unique\" <> 0
    FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
    WHERE t.type = 'table' AND i.origin = 'c'";
// In SQLite events lie in the order in which they came, so one index is of PostgreSQL alone.
const POSTGRES_INDEXES: &str =
    "SELECT t.relname::TEXT, i.relname || ' ' || a.attname, x.indisunique
    FROM pg_index AS x
    JOIN pg_class AS t ON t.oid = x.indrelid
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND NOT x.indisprimary AND NOT t.relispartition
        AND i.relname <> 'events_received_at'";

/// Where a row points, and what becomes of it when that goes.
const SQLITE_FOREIGN_KEYS: &str =
    "SELECT t.name, f.\"from\" || ' -> ' || f.\"table\" || '.' || f.\"to\" || ' ' || f.on_delete, TRUE
    FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
    WHERE t.type = 'table'";
const POSTGRES_FOREIGN_KEYS: &str = "SELECT t.relname::TEXT,
        a.attname || ' -> ' || g.relname || '.' || b.attname || ' ' ||
        CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END, TRUE
    FROM pg_constraint AS c
    JOIN pg_class AS t ON t.oid = c.conrelid
    JOIN pg_class AS g ON g.oid = c.confrelid
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY (c.conkey)
    JOIN pg_attribute AS b ON b.attrelid = g.oid AND b.attnum = ANY (c.confkey)
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE c.contype = 'f' AND n.nspname = 'public' AND NOT t.relispartition";

async fn read(db: &db::Db, of_sqlite: &'static str, of_postgres: &'static str) -> Schema {
    let text = match db.pools() {
        Engine::Sqlite(_) => of_sqlite,
        Engine::Postgres(_) => of_postgres,
    };
    let rows: Vec<(String, String, bool)> =
        on_db!(db.read(), c => sqlx::query_as(text).fetch_all(c).await).unwrap();
    let mut schema = Schema::new();
    for (table, thing, is_strict) in rows {
        schema.entry(table).or_default().push((thing, is_strict));
    }
    for things in schema.values_mut() {
        things.sort();
    }
    schema
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_indexes_and_foreign_keys() {
    let (sqlite, postgres) = (TestDb::sqlite().await, TestDb::postgres().await);
    for (of_sqlite, of_postgres) in [
        (SQLITE_COLUMNS, POSTGRES_COLUMNS),
        (SQLITE_INDEXES, POSTGRES_INDEXES),
        (SQLITE_FOREIGN_KEYS, POSTGRES_FOREIGN_KEYS),
    ] {
        let one = read(&sqlite.db(), of_sqlite, of_postgres).await;
        let other = read(&postgres.db(), of_sqlite, of_postgres).await;
        assert!(one.len() > 5, "too few tables to compare: {one:?}");
        assert_eq!(one, other);
    }
    sqlite.close().await;
    postgres.close().await;
}

#[test]
fn migrations_have_the_same_numbers_and_names_in_both_folders() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[tokio::test]
async fn sqlite_syncs_every_commit_and_keeps_its_foreign_keys() {
    let database = TestDb::sqlite().await;
    let db = database.db();
    let pragma = async |text: &'static str| -> String {
        let mut tx = db.begin().await.unwrap();
        let row: (String,) =
            on_db!(tx.conn().unwrap(), c => sqlx::query_as(text).fetch_one(c).await).unwrap();
        row.0
    };
    assert_eq!(pragma("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous").await, "2");
    assert_eq!(pragma("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys").await, "1");
    assert_eq!(pragma("SELECT journal_mode FROM pragma_journal_mode").await, "wal");
    database.close().await;
}

#[tokio::test]
async fn a_schema_newer_than_the_binary_is_refused() {
    let database = TestDb::sqlite().await;
    let db = database.db();
    let mut tx = db.begin().await.unwrap();
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', TRUE, x'00', 0)";
    on_db!(tx.conn().unwrap(), c => sqlx::query(newer).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(db::migrate(&db).await, Err(db::Error::Migrate(_))));
    database.close().await;
}

#[tokio::test]
async fn an_address_of_neither_engine_is_refused_without_telling_its_password() {
    let url = "mysql://root:secret@localhost/tiny".to_owned();
    let settings = Settings { url, connections: 1 };
    let error = db::open(&settings, Clock::system(), db::Chance::system()).await.unwrap_err();
    assert!(matches!(error, db::Error::Address(_)));
    assert!(!error.to_string().contains("secret"));
}

/// Rule 4 of storage: where the engines must differ, the two texts stand together and stay few.
#[test]
fn statements_that_differ_by_engine_stay_under_five_percent() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut statements, mut pairs) = (0, 0);
    for file in rust_files(&crates) {
        if file
            .components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "testkit")
        {
            continue;
        }
        for (name, text) in constants(&fs::read_to_string(&file).unwrap()) {
            if is_sql(text) {
                statements += usize::from(!name.contains("_POSTGRES"));
                pairs += usize::from(name.contains("_POSTGRES"));
            }
        }
    }
    assert!(statements > 30, "only {statements} statements were found");
    assert!(pairs * 20 < statements, "{pairs} of {statements} statements differ by engine");
}

/// The names of a file's texts, and what stands behind each: the text, and here and there a macro around it.
fn constants(file: &str) -> Vec<(&str, &str)> {
    let parts = file.split("const ").skip(1);
    parts.filter_map(|part| part.split_once(": &str =")).filter(|(name, _)| is_name(name)).collect()
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Whether a constant is a statement, or what narrows one that a macro begins. Words of letters and styles are not.
fn is_sql(behind: &str) -> bool {
    const WORDS: [&str; 8] =
        ["SELECT", "INSERT", "UPDATE", "DELETE", "LOCK", "WHERE", "AND", "ORDER"];
    let first = behind.split_once('"').map_or("", |(_, text)| text).split_whitespace().next();
    first.is_some_and(|word| WORDS.contains(&word))
}

#[test]
fn letters_and_styles_are_no_statements() {
    let file = "const A: &str = \"SELECT 1\";\nconst B_POSTGRES: &str =\n    \"LOCK TABLE b\";\n\
        const C: &str = listed!(\"AND c = $1\");\nconst D: &str = \"Hello,\";\nconst E: u8 = 1;\n\
        const F: &str = \"margin:0\";";
    let found: Vec<_> = constants(file).into_iter().filter(|(_, text)| is_sql(text)).collect();
    let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["A", "B_POSTGRES", "C"]);
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

//! Statements that carry many rows.
//!
//! A call to the database costs more than a row in it, and a statement is quick only when it was prepared
//! before. So rows go out in few statements of few sizes: powers of two, filled up with rows of nulls that the
//! statement leaves out (`WHERE column1 IS NOT NULL`).
//!
//! PostgreSQL parses and plans a value at a time: where that counts, the rows go to it as one array for each column.

use std::iter;

/// Most rows of a statement. PostgreSQL takes 65,535 values in one, SQLite 32,766.
const MOST_ROWS: usize = 128;

/// Splits `rows` into chunks for a statement each.
pub fn bulk<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    rows.chunks(MOST_ROWS)
}

/// The rows of a chunk, and as many `None` as fill them up to a power of two.
pub fn filled<T>(chunk: &[T]) -> impl Iterator<Item = Option<&T>> {
    let missing = chunk.len().next_power_of_two() - chunk.len();
    chunk.iter().map(Some).chain(iter::repeat_n(None, missing))
}

/// One column of `rows`, for an array.
pub fn column<'a, R, T>(rows: &'a [R], value: impl FnMut(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_statement_and_sizes_are_powers_of_two() {
        let rows: Vec<usize> = (0..300).collect();
        let sizes: Vec<_> = bulk(&rows).map(|chunk| filled(chunk).count()).collect();
        assert_eq!(sizes, [128, 128, 64]);
        let sent: Vec<_> = bulk(&rows).flat_map(filled).flatten().copied().collect();
        assert_eq!(sent, rows);
        assert_eq!(bulk::<usize>(&[]).count(), 0);
    }
}

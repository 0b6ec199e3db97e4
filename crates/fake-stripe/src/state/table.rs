//! Rows in the order they came, found by id.

use std::collections::HashMap;

use serde_json::Value;

use super::World;

/// A thing that has an id and that the API shows.
pub(crate) trait Row {
    /// As Stripe calls it in `object`.
    const OBJECT: &'static str;
    /// As an error calls it: `No such customer: 'cus_…'`.
    const NAME: &'static str = Self::OBJECT;

    fn id(&self) -> &str;
    /// As the API shows it.
    fn render(&self, world: &World) -> Value;
}

/// All rows of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Row> Table<T> {
    pub(crate) fn insert(&mut self, row: T) {
        self.places.insert(row.id().to_owned(), self.rows.len());
        self.rows.push(row);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        self.places.get(id).map(|place| &self.rows[*place])
    }

    /// The row that another one names, and which is therefore there.
    pub(crate) fn get(&self, id: &str) -> &T {
        self.find(id).unwrap_or_else(|| panic!("no {} {id}", T::OBJECT))
    }

    /// See [`Table::get`].
    pub(crate) fn get_mut(&mut self, id: &str) -> &mut T {
        let place = self.places.get(id).unwrap_or_else(|| panic!("no {} {id}", T::OBJECT));
        &mut self.rows[*place]
    }

    /// Puts a row in the place of the one with its id.
    pub(crate) fn replace(&mut self, row: T) {
        let place = self.places[row.id()];
        self.rows[place] = row;
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let place = self.places.remove(id)?;
        let row = self.rows.remove(place);
        for later in self.places.values_mut().filter(|later| **later > place) {
            *later -= 1;
        }
        Some(row)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.iter()
    }

    pub(crate) fn render(&self, id: &str, world: &World) -> Option<Value> {
        self.find(id).map(|row| row.render(world))
    }
}

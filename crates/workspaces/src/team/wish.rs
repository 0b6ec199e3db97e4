//! A pasted list of people to invite: addresses, each perhaps with the name of a role.

use std::collections::HashSet;

use accounts::Email;
use model::ids::RoleId;

use crate::{role::Role, role_edit::folded};

/// Most people that are invited at once.
pub const MOST_WISHES: usize = 200;

/// The list is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these are {0} entries, and at most {most} go at once", most = MOST_WISHES)]
pub struct TooManyWishes(
    /// How many entries it has.
    pub usize,
);

/// One entry of the list, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What stood there.
    pub typed: String,
    /// Whom it names, and as what, or why it cannot be followed.
    pub read: Result<(Email, RoleId), WishFault>,
}

/// Why an entry cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishFault {
    /// It is not an address.
    NotAnEmail,
    /// The same address stands further up.
    Twice,
    /// No role has the name beside it, or more than one.
    RoleNotFound,
}

/// Reads a pasted list or CSV. Addresses stand on lines or between commas, semicolons or tabs; a word behind an
/// address names its role, and without one it is `default`. A first line without any address is taken for headings.
///
/// # Errors
///
/// [`TooManyWishes`], when there are more than [`MOST_WISHES`].
pub fn read_wishes(
    text: &str,
    roles: &[Role],
    default: RoleId,
) -> Result<Vec<Wish>, TooManyWishes> {
    let mut seen = HashSet::new();
    let mut wishes = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if number == 0 && !line.contains('@') && line.to_lowercase().contains("mail") {
            continue;
        }
        let mut cells = line.split([',', ';', '\t']).map(clean).filter(|cell| !cell.is_empty());
        let mut next = cells.next();
        while let Some(typed) = next {
            next = cells.next();
            let role = next.filter(|cell| !cell.contains('@') && typed.contains('@'));
            if role.is_some() {
                next = cells.next();
            }
            let read = read(typed, role, roles, default).and_then(|(email, role)| {
                let is_new = seen.insert(email.clone());
                if is_new { Ok((email, role)) } else { Err(WishFault::Twice) }
            });
            wishes.push(Wish { typed: typed.to_owned(), read });
        }
    }
    if wishes.len() > MOST_WISHES { Err(TooManyWishes(wishes.len())) } else { Ok(wishes) }
}

fn read(
    typed: &str,
    role: Option<&str>,
    roles: &[Role],
    default: RoleId,
) -> Result<(Email, RoleId), WishFault> {
    let email = Email::parse(address_in(typed)).map_err(|_| WishFault::NotAnEmail)?;
    let Some(name) = role else { return Ok((email, default)) };
    let role = named(name, roles).ok_or(WishFault::RoleNotFound)?;
    Ok((email, role.id))
}

/// The role with just this name, else the only one that has it in other letters. Workspaces of before may have two.
fn named<'a>(name: &str, roles: &'a [Role]) -> Option<&'a Role> {
    if let Some(role) = roles.iter().find(|role| role.name == name) {
        return Some(role);
    }
    let mut alike = roles.iter().filter(|role| folded(&role.name) == folded(name));
    alike.next().filter(|_| alike.next().is_none())
}

/// Of `Ada Lovelace <ada@example.com>`, as mail programs write it, the address.
fn address_in(cell: &str) -> &str {
    let inner = cell.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(cell, |(address, _)| address)
}

fn clean(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

#[cfg(test)]
mod tests {
    use model::Permissions;
    use uuid::Uuid;

    use super::*;

    fn role(number: u128, name: &str) -> Role {
        Role {
            id: Uuid::from_u128(number).into(),
            name: name.to_owned(),
            kind: None,
            permissions: Permissions::default(),
            members: 0,
        }
    }

    /// Each entry as `address:role` or the fault.
    fn told(text: &str) -> Vec<String> {
        let roles = [role(1, "Viewer"), role(2, "Analyst"), role(3, "Guest"), role(4, "GUEST")];
        let name = |id: RoleId| roles.iter().find(|role| role.id == id).unwrap().name.clone();
        read_wishes(text, &roles, roles[0].id)
            .unwrap()
            .into_iter()
            .map(|wish| match wish.read {
                Ok((email, role)) => format!("{email}:{}", name(role)),
                Err(fault) => format!("{:?} {}", fault, wish.typed),
            })
            .collect()
    }

    #[test]
    fn addresses_stand_on_lines_or_between_signs() {
        let wanted = ["a@x.dev:Viewer", "b@x.dev:Viewer", "c@x.dev:Viewer"];
        assert_eq!(told("a@x.dev\n B@x.dev \r\n\nc@x.dev"), wanted);
        assert_eq!(told("a@x.dev, b@x.dev; c@x.dev"), wanted);
        assert_eq!(told("Ada <a@x.dev>\n\"b@x.dev\"\tc@x.dev"), wanted);
    }

    #[test]
    fn a_word_behind_an_address_is_its_role_and_a_line_of_headings_is_none() {
        let csv = "E-mail,Role\na@x.dev,analyst\nb@x.dev,\nc@x.dev,King";
        assert_eq!(told(csv), ["a@x.dev:Analyst", "b@x.dev:Viewer", "RoleNotFound c@x.dev"]);
    }

    #[test]
    fn a_role_is_the_one_of_just_this_name_and_none_where_several_are_alike() {
        let list = "a@x.dev,GUEST\nb@x.dev,Guest\nc@x.dev,guest";
        assert_eq!(told(list), ["a@x.dev:GUEST", "b@x.dev:Guest", "RoleNotFound c@x.dev"]);
    }

    #[test]
    fn a_list_has_an_end() {
        let list = |count: usize| {
            let lines: Vec<_> = (0..count).map(|n| format!("n{n}@x.dev")).collect();
            lines.join("\n")
        };
        let roles = [role(1, "Viewer")];
        let read = |count| read_wishes(&list(count), &roles, roles[0].id);
        assert_eq!(read(MOST_WISHES).unwrap().len(), MOST_WISHES);
        assert_eq!(read(MOST_WISHES + 1), Err(TooManyWishes(MOST_WISHES + 1)));
    }

    #[test]
    fn what_is_no_address_and_what_stands_there_twice_is_said() {
        assert_eq!(
            told("a@x.dev\nnobody\na@X.dev"),
            ["a@x.dev:Viewer", "NotAnEmail nobody", "Twice a@X.dev"]
        );
        assert_eq!(told(""), [""; 0]);
    }
}

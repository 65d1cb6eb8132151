//! The shape of the tree.

use std::collections::{HashMap, HashSet};

use crate::ids::DepartmentId;

/// How many levels the tree has at most.
pub const DEPTH_MAX: usize = 20;

/// Why a department cannot stand where it is asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misplaced {
    /// It would lie below itself.
    Cycle,
    /// What lies below it would lie too deep.
    TooDeep,
    /// There is no such department above.
    Unknown,
}

/// Every department with the one above it.
#[derive(Debug, Default)]
pub struct Tree(HashMap<DepartmentId, Option<DepartmentId>>);

impl Tree {
    /// The tree of these departments.
    pub fn of(rows: impl IntoIterator<Item = (DepartmentId, Option<DepartmentId>)>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// Whether there is such a department.
    pub fn knows(&self, id: DepartmentId) -> bool {
        self.0.contains_key(&id)
    }

    /// Some departments with all that lies below them.
    pub fn with_below(&self, roots: &[DepartmentId]) -> HashSet<DepartmentId> {
        let below = |id: &DepartmentId| {
            self.path(*id).is_some_and(|path| path.iter().any(|one| roots.contains(one)))
        };
        self.0.keys().copied().filter(below).collect()
    }

    /// Whether a department, with all that lies below it, can stand below another one.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, id: DepartmentId, parent: DepartmentId) -> Result<(), Misplaced> {
        let above = self.path(parent).ok_or(Misplaced::Unknown)?;
        if above.contains(&id) {
            return Err(Misplaced::Cycle);
        }
        if above.len() + self.height(id) > DEPTH_MAX {
            return Err(Misplaced::TooDeep);
        }
        Ok(())
    }

    /// A department and those above it, up to the root.
    fn path(&self, id: DepartmentId) -> Option<Vec<DepartmentId>> {
        let (mut path, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next.filter(|_| path.len() <= DEPTH_MAX) {
            next = *self.0.get(&id)?;
            path.push(id);
        }
        Some(path)
    }

    /// How many levels a department and what lies below it take.
    fn height(&self, id: DepartmentId) -> usize {
        let (mut level, mut height) = (vec![id], 0);
        while !level.is_empty() && height <= DEPTH_MAX {
            height += 1;
            let below =
                |parent: &Option<DepartmentId>| parent.is_some_and(|id| level.contains(&id));
            level = self.0.iter().filter(|(_, parent)| below(parent)).map(|(id, _)| *id).collect();
        }
        height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> DepartmentId {
        DepartmentId::from_uuid(uuid::Uuid::from_u128(u128::try_from(n).expect("small")))
    }

    /// A chain of departments from `first`, each below the one before.
    fn chain(
        first: usize,
        count: usize,
    ) -> impl Iterator<Item = (DepartmentId, Option<DepartmentId>)> {
        (0..count).map(move |n| (id(first + n), (n > 0).then(|| id(first + n - 1))))
    }

    #[test]
    fn a_department_never_lies_below_itself() {
        let tree = Tree::of(chain(1, 3));
        assert_eq!(tree.check(id(1), id(1)), Err(Misplaced::Cycle));
        assert_eq!(tree.check(id(1), id(3)), Err(Misplaced::Cycle));
        assert_eq!(tree.check(id(3), id(1)), Ok(()));
        assert_eq!(tree.check(id(3), id(9)), Err(Misplaced::Unknown));
    }

    #[test]
    fn what_lies_below_a_moved_department_counts_too() {
        let tree = Tree::of(chain(1, DEPTH_MAX - 2).chain(chain(101, 3)));
        assert_eq!(tree.check(id(101), id(DEPTH_MAX - 2)), Err(Misplaced::TooDeep));
        assert_eq!(tree.check(id(101), id(DEPTH_MAX - 3)), Ok(()));
        assert_eq!(tree.check(id(103), id(DEPTH_MAX - 2)), Ok(()));
        let full = Tree::of(chain(1, DEPTH_MAX));
        assert_eq!(full.check(id(99), id(DEPTH_MAX)), Err(Misplaced::TooDeep));
    }
}

//! Queries that the tables of configuration share. Each of them has `id`, `archived_at`, `version`
//! and `updated_at`; nothing of it is ever deleted.

/// One row by its id.
macro_rules! find {
    ($table:ident, $row:ty, $id:ty) => {
        /// One row by its id.
        pub fn find(
            conn: &mut $crate::db::Conn,
            id: $id,
        ) -> diesel::prelude::QueryResult<Option<$row>> {
            $table::table.find(id).first(conn).optional()
        }
    };
}

/// Whether something may be named by something new.
macro_rules! is_usable {
    ($table:ident, $id:ty) => {
        /// Whether there is such a row, and it is not archived.
        pub fn is_usable(
            conn: &mut $crate::db::Conn,
            id: $id,
        ) -> diesel::prelude::QueryResult<bool> {
            let usable = $table::table.find(id).filter($table::archived_at.is_null());
            diesel::select(diesel::dsl::exists(usable)).get_result(conn)
        }
    };
}

/// Restricts a boxed query to one page, newest first, and to what is archived or is not.
macro_rules! page_of {
    ($table:ident, $query:expr, $archived:expr, $page:expr) => {{
        let query = $query;
        let query = match $archived {
            Some(true) => query.filter($table::archived_at.is_not_null()),
            Some(false) => query.filter($table::archived_at.is_null()),
            None => query,
        };
        let query = match $page.before {
            Some(before) => query.filter($table::id.lt(before)),
            None => query,
        };
        query.order($table::id.desc()).limit($page.fetch())
    }};
}

/// One page of a table that knows no other filters.
macro_rules! list {
    ($table:ident, $row:ty) => {
        /// One page, newest first; all, or only those in use or out of it.
        pub fn list(
            conn: &mut $crate::db::Conn,
            archived: Option<bool>,
            page: &$crate::http::PageRequest,
        ) -> diesel::prelude::QueryResult<Vec<$row>> {
            $crate::organization::store::page_of!(
                $table,
                $table::table.into_boxed(),
                archived,
                page
            )
            .load(conn)
        }
    };
}

/// Inserting and saving; a unique violation says that something stands there already.
macro_rules! save {
    ($table:ident, $row:ty, $taken:expr, [$($column:ident),+ $(,)?]) => {
        /// Inserts a row.
        pub fn insert(
            tx: &mut $crate::db::Tx<'_>,
            _permit: &$crate::access::Permit,
            row: &$row,
        ) -> $crate::error::Result<()> {
            use $crate::error::UniqueAs as _;
            diesel::insert_into($table::table)
                .values(row)
                .execute(tx.conn)
                .unique_as($crate::error::Code::AlreadyExists, $taken)?;
            Ok(())
        }

        /// Saves a row whose version is still the one that was read.
        pub fn save(
            tx: &mut $crate::db::Tx<'_>,
            _permit: &$crate::access::Permit,
            row: &$row,
        ) -> $crate::error::Result<()> {
            use $crate::error::UniqueAs as _;
            let now = tx.now();
            let unchanged = $table::table.find(row.id).filter($table::version.eq(row.version));
            let saved = diesel::update(unchanged)
                .set((
                    $($table::$column.eq(&row.$column),)+
                    $table::archived_at.eq(row.archived_at),
                    $table::version.eq(row.version + 1),
                    $table::updated_at.eq(now),
                ))
                .execute(tx.conn)
                .unique_as($crate::error::Code::AlreadyExists, $taken)?;
            if saved == 1 { Ok(()) } else { Err($crate::error::Error::stale()) }
        }
    };
}

pub(crate) use {find, is_usable, list, page_of, save};

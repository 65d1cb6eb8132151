//! SQLite's one writer thread with group commit.
//!
//! Jobs wait in a bounded queue. The thread takes up to [`BATCH`] of them into one transaction,
//! each in a savepoint through diesel's transaction manager. A job that fails or panics rolls back
//! its own savepoint and no further. Events are sealed before COMMIT, and answers go out only after
//! it. When the engine itself dropped the transaction (a full disk, `RAISE(ROLLBACK)`), the whole
//! batch is answered with 503 and the connection is replaced, so no acknowledged write is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use diesel::connection::{AnsiTransactionManager, TransactionManager, TransactionManagerStatus};
use diesel::{Connection, SqliteConnection};

use super::connection::SqliteFile;
use super::{Conn, Tx, Unit};
use crate::error::{Code, Error, Result};

/// How many jobs share one COMMIT at most.
const BATCH: usize = 64;

type Manager = <Conn as Connection>::TransactionManager;

/// The sending side of the writer thread.
pub(super) struct Writer {
    queue: SyncSender<Message>,
}

/// What the thread does, one after the other.
enum Message {
    /// A write, which shares its COMMIT with its neighbours.
    Write(Box<dyn Job>),
    /// Taking out of the files what was deleted, between two batches.
    Scrub { rewrite: bool, reply: SyncSender<Result<()>> },
}

/// A write that waits, with its result erased.
trait Job: Send {
    /// Runs the work and keeps its result. True when its changes are to stay.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Sends the kept result, or `unavailable` in its place.
    fn answer(self: Box<Self>, committed: bool);
}

struct Pending<T, F, R> {
    unit: Unit,
    work: F,
    result: Option<Result<T>>,
    reply: R,
}

impl<T, F, R> Job for Pending<T, F, R>
where
    T: Send,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
    R: FnOnce(Result<T>) + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(&mut Tx::new(conn, &self.unit))))
            .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: bool) {
        let result = match self.result {
            Some(result) if committed => result,
            // What failed by itself failed whatever became of the batch, unless the engine is why.
            Some(Err(error)) if error.code != Code::Internal => Err(error),
            _ => Err(Error::unavailable("the batch was not committed")),
        };
        (self.reply)(result);
    }
}

impl Writer {
    /// Starts the thread. It opens the file now and whenever its connection broke.
    pub(super) fn start(file: SqliteFile, waiting: usize) -> Result<Self> {
        let (queue, jobs) = sync_channel(waiting);
        let first = file.open()?;
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(&jobs, &file, first))
            .map_err(Error::unavailable)?;
        Ok(Self { queue })
    }

    /// Puts a write into the queue; `reply` is called with its result after COMMIT.
    ///
    /// # Errors
    /// `database_unavailable` when the queue is full.
    pub(super) fn submit<T, F, R>(&self, unit: Unit, work: F, reply: R) -> Result<()>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        R: FnOnce(Result<T>) + Send + 'static,
    {
        let job = Box::new(Pending { unit, work, result: None, reply });
        self.send(Message::Write(job))
    }

    /// Takes out of the files what was deleted, between two batches; writes wait meanwhile.
    ///
    /// # Errors
    /// `database_unavailable` when the queue is full, or somebody still reads what was there before.
    pub(super) fn scrub(&self, rewrite: bool) -> Result<()> {
        let (reply, result) = sync_channel(1);
        self.send(Message::Scrub { rewrite, reply })?;
        result.recv().map_err(Error::unavailable)?
    }

    fn send(&self, message: Message) -> Result<()> {
        match self.queue.try_send(message) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Error::unavailable("too many writes wait")),
            Err(TrySendError::Disconnected(_)) => Err(Error::unavailable("the writer has ended")),
        }
    }
}

fn run(queue: &Receiver<Message>, file: &SqliteFile, first: Conn) {
    let (mut connection, mut behind) = (Some(first), None);
    while let Some(message) = behind.take().or_else(|| queue.recv().ok()) {
        let job = match message {
            Message::Write(job) => job,
            Message::Scrub { rewrite, reply } => {
                drop(reply.send(scrub(file, &mut connection, rewrite)));
                continue;
            }
        };
        let mut batch = vec![job];
        while batch.len() < BATCH {
            match queue.try_recv() {
                Ok(Message::Write(job)) => batch.push(job),
                Ok(other @ Message::Scrub { .. }) => {
                    behind = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let committed = match perform(file, &mut connection, &mut batch) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(error = ?error.source, "A batch of writes was not committed.");
                false
            }
        };
        for job in batch {
            job.answer(committed);
        }
    }
}

/// Commits the batch to the file that the service was started on, and to no other. A connection on
/// which that failed is not used again.
fn perform(
    file: &SqliteFile,
    connection: &mut Option<Conn>,
    batch: &mut [Box<dyn Job>],
) -> Result<()> {
    file.check()?;
    let mut conn = connection.take().map_or_else(|| file.open(), Ok)?;
    commit(&mut conn, batch)?;
    *connection = Some(conn);
    Ok(())
}

/// Scrubs the file that the service was started on. A connection on which that failed is not used again.
fn scrub(file: &SqliteFile, connection: &mut Option<Conn>, rewrite: bool) -> Result<()> {
    file.check()?;
    let mut conn = connection.take().map_or_else(|| file.open(), Ok)?;
    super::dialect::scrub(&mut conn, rewrite)?;
    *connection = Some(conn);
    Ok(())
}

/// One transaction over the batch. An error means that nothing of it may be acknowledged.
fn commit(conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> Result<()> {
    begin_immediate(conn)?;
    for job in batch.iter_mut() {
        Manager::begin_transaction(conn)?;
        if job.run(conn) {
            expect_depth(conn, 2)?;
            Manager::commit_transaction(conn)?;
        } else {
            // A job that panicked inside a nested transaction leaves its savepoints open.
            while depth(conn)? > 1 {
                Manager::rollback_transaction(conn)?;
            }
        }
        expect_depth(conn, 1)?;
    }
    crate::events::seal(conn)?;
    Manager::commit_transaction(conn)?;
    expect_depth(conn, 0)
}

/// `BEGIN IMMEDIATE`, so that a write never fails half-way because another process wrote first.
fn begin_immediate(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(sqlite) => {
            Ok(AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?)
        }
        Conn::Pg(_) => Err(Error::internal("the writer thread is SQLite's")),
    }
}

/// The depth that diesel knows of the connection: 0 outside, 1 in the batch, 2 in a job.
fn depth(conn: &mut Conn) -> Result<u32> {
    let status =
        match conn {
            Conn::Sqlite(sqlite) => <AnsiTransactionManager as TransactionManager<
                SqliteConnection,
            >>::transaction_manager_status_mut(sqlite),
            Conn::Pg(_) => return Err(Error::internal("the writer thread is SQLite's")),
        };
    match status {
        TransactionManagerStatus::Valid(valid) => {
            Ok(valid.transaction_depth().map_or(0, std::num::NonZeroU32::get))
        }
        TransactionManagerStatus::InError => {
            Err(Error::unavailable("the engine dropped the transaction"))
        }
    }
}

fn expect_depth(conn: &mut Conn, expected: u32) -> Result<()> {
    match depth(conn)? {
        found if found == expected => Ok(()),
        found => {
            Err(Error::unavailable(format!("transaction depth {found} instead of {expected}")))
        }
    }
}

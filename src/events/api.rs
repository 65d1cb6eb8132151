//! The event feed.

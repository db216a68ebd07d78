//! The journal, across processes.

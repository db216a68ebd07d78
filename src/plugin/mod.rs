//! How the host starts, secures, watches and stops this process.

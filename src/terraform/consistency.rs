//! Whether what an apply answers is what its plan promised.
//!
//! Terraform checks each answer against the plan and drops one that does not fit, and with it
//! all trace of what was made. This is the same check, made before the answer leaves, while there
//! is still something to be done about it.

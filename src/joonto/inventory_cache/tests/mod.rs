//! The cache against a scripted account: reads, presence, the inventory, and changes of status.

mod inventory;
mod presence;
mod reads;
mod sharing;
mod status_batch;

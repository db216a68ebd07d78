//! Where Terraform and Joonto meet.

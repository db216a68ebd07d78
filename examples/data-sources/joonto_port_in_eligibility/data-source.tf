data "joonto_port_in_eligibility" "desk" {
  phone_number          = "+12025550177"
  target_classification = "mvno"
}

output "desk_can_come_along" {
  value = data.joonto_port_in_eligibility.desk.eligible
}

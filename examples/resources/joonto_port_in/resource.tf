variable "carrier_account_number" {
  type      = string
  sensitive = true
}

variable "carrier_pin" {
  type      = string
  sensitive = true
}

resource "joonto_port_in" "desk" {
  phone_number         = "+12025550177"
  current_carrier_name = "Example Mobile"
  subscriber_name      = "Ada Example"
  target_number_type   = "mvno"

  # Never stored. After a refusal, correct the value and raise its version.
  current_account_number_wo           = var.carrier_account_number
  current_account_number_wo_version   = 1
  current_account_password_wo         = var.carrier_pin
  current_account_password_wo_version = 1

  # As the bill of that carrier has it.
  billing_address {
    street1 = "1 Example Way"
    city    = "Lehi"
    state   = "UT"
    zip     = "84043"
  }
}

output "desk" {
  value = coalesce(joonto_port_in.desk.resolution_required, joonto_port_in.desk.status)
}

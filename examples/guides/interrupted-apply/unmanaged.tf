resource "joonto_number" "tracker" {
  count = 2

  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
}

data "joonto_numbers" "all" {
  depends_on = [joonto_number.tracker]
}

# What the account has and this configuration does not.
output "unmanaged" {
  value = setsubtract(data.joonto_numbers.all.phone_numbers, joonto_number.tracker[*].phone_number_assigned)
}

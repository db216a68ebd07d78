# Without an iccid the number comes on an eSIM.
resource "joonto_number" "phone" {
  number_type     = "mvno"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
}

output "activation_code" {
  value     = joonto_number.phone.activation_code
  sensitive = true
}

resource "joonto_number" "phone" {
  number_type     = "mvno"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
}

output "esim" {
  value     = provider::joonto::parse_activation_code(joonto_number.phone.activation_code)
  sensitive = true
}
